const Paths = {
  close: "m6 9 6 6 6-6",
  send: "M12 19V6M6 11l6-6 6 6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  down: "M12 5v13M6 13l6 6 6-6",
  bot: "M12 4v3M6 7h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM9 13h.01M15 13h.01",
};

export function Icon({ name }: { name: keyof typeof Paths }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={Paths[name]} />
    </svg>
  );
}
