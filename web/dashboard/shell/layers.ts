/**
 * What lies over the screen, innermost last. Escape closes one layer at a time; a native dialog or popover
 * closes itself, so while one is open Escape is left to the browser.
 */
const layers: (() => void)[] = [];

/** Opens a layer; the answer forgets it. */
export function layer(close: () => void): () => void {
  layers.push(close);
  return () => {
    const place = layers.lastIndexOf(close);
    if (place >= 0) layers.splice(place, 1);
  };
}

/** Closes the innermost layer; false when there was none. */
export function closeInnermost(): boolean {
  const close = layers.pop();
  close?.();
  return Boolean(close);
}

export const nativeLayerOpen = (): boolean => Boolean(document.querySelector("dialog[open], :popover-open"));
