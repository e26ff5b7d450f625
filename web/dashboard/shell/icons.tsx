const paths = {
  inbox: "M4 13h4l2 3h4l2-3h4M5 5h14l2 8v6H3v-6z",
  article: "M5 4h11l3 3v13H5zM9 10h6M9 14h6",
  team: "M9 11a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.300a3.5 3.5 0 0 1 0 6.400M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5z",
  search: "M11 18a7 7 0 1 0 0-14a7 7 0 0 0 0 14zM20 20l-4-4",
  info: "M12 21a9 9 0 1 0 0-18a9 9 0 0 0 0 18zM12 11v5M12 8h.01",
  person: "M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  clock: "M12 21a9 9 0 1 0 0-18a9 9 0 0 0 0 18zM12 7v5l3.5 2",
  back: "M15 5l-7 7 7 7",
  down: "M6 9.5l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  bot: "M5 9h14v10H5zM12 9V5M9 13.5v1M15 13.5v1M2.5 13v3M21.5 13v3",
  note: "M5 4h14v10l-5 5H5zM14 19v-5h5",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M8 14h8",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9a4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
  screen: "M3 5h18v12H3zM9 21h6M12 17v4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  plus: "M12 5v14M5 12h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  out: "M10 4H4v16h6M15 8l4 4-4 4M19 12H9",
  chat: "M4 5h16v11H9l-5 4z",
  unread: "M13 5H4v15l5-4h11v-5M18.5 8a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5z",
  plug: "M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
  pulse: "M3 12h4l2.500-7 5 14 2.500-7h4",
  widget: "M3 5h18v14H3zM3 9h18M14 13h4v3h-4z",
} as const;

export type IconName = keyof typeof paths;

/** Always beside a word or under a label: hidden from screen readers. */
export const Icon = ({ name, size = 18 }: { name: IconName; size?: number }) => (
  <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
