import { useState } from "preact/hooks";
import { words } from "./words.ts";

/** Files that are dragged over an element and dropped there. */
export function useDrop(take: (files: Iterable<File>) => void) {
  const [over, setOver] = useState(false);
  const brings = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    over,
    handlers: {
      "data-drop": words.value.attach,
      onDragOver: (event: DragEvent) => {
        if (!brings(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event: DragEvent & { currentTarget: HTMLElement }) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        if (!brings(event)) return;
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer!.files);
      },
    },
  };
}

/** Files that are pasted; text that brings a picture of itself stays text. */
export function filesOf(event: ClipboardEvent): File[] {
  const pasted = event.clipboardData;
  return !pasted || pasted.types.includes("text/html") ? [] : [...pasted.files];
}
