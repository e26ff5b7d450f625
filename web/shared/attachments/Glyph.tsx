const Paths = {
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  clip: "M20 11.5l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.700-8.700a3.400 3.400 0 0 1 4.800 4.800l-8.600 8.600a1.700 1.700 0 0 1-2.400-2.400l7.800-7.800",
  close: "M6 6l12 12M18 6L6 18",
  again: "M20 12a8 8 0 1 1-2.500-5.800M20 3v4h-4",
};

/** Beside a word or under a label. */
export const Glyph = ({ name }: { name: keyof typeof Paths }) => (
  <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">
    <path d={Paths[name]} />
  </svg>
);
