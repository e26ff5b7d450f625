const Settle = 300;

/** Calls back when the visitor has gone to another page, also without a load: history, hash, Turbo. Returns how to stop. */
export function watchPage(moved: () => void): () => void {
  let last = location.href + document.title;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    // Routers set the title after the address.
    timer = setTimeout(() => {
      const now = location.href + document.title;
      if (now === last) return;
      last = now;
      moved();
    }, Settle);
  };
  const restore = (["pushState", "replaceState"] as const).map((name) => {
    const original = history[name];
    const patched: typeof original = function (this: History, ...args) {
      original.apply(this, args);
      look();
    };
    history[name] = patched;
    return () => {
      // Somebody may have patched it after us; then ours must stay below theirs, and does nothing.
      if (history[name] === patched) history[name] = original;
    };
  });
  const events = ["popstate", "hashchange", "turbo:load", "turbolinks:load", "astro:page-load"];
  for (const name of events) addEventListener(name, look);
  return () => {
    clearTimeout(timer);
    for (const undo of restore) undo();
    for (const name of events) removeEventListener(name, look);
  };
}
