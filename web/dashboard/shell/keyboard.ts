import type { Desk } from "../desk.ts";
import { closeInnermost, nativeLayerOpen } from "./layers.ts";
import { go, openId } from "./place.ts";

export interface Shortcut {
  keys: string[];
  what: string;
}

/** Shown by the shortcuts dialog, in this order. */
export const shortcuts: Shortcut[] = [
  { keys: ["Enter"], what: "Send message" },
  { keys: ["Shift", "Enter"], what: "New line" },
  { keys: ["/"], what: "Saved reply, at the beginning of a message" },
  { keys: ["Ctrl / ⌘", "K"], what: "Search or command" },
  { keys: ["Esc"], what: "Close what is on top, then the chat" },
  { keys: ["Alt", "J"], what: "Next conversation" },
  { keys: ["Alt", "K"], what: "Previous conversation" },
  { keys: ["Alt", "L"], what: "Write a reply" },
  { keys: ["Alt", "P"], what: "Write a note" },
  { keys: ["Alt", "A"], what: "Assign" },
  { keys: ["Alt", "M"], what: "Snooze" },
  { keys: ["Alt", "U"], what: "Mark as unread" },
  { keys: ["Alt", "E"], what: "Solve" },
  { keys: ["↑ / ↓"], what: "Move through the list" },
  { keys: ["X"], what: "Select in the list; with Shift, up to here" },
  { keys: ["Ctrl / ⌘", "A"], what: "Select all that the list has loaded" },
  { keys: ["?"], what: "This list (outside of text)" },
];

interface Actions {
  desk: Desk;
  openPalette(): void;
  showShortcuts(): void;
}

/** The keys that work everywhere. The answer takes them away. */
export function listen({ desk, openPalette, showShortcuts }: Actions): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      // Firefox would go to its own search field.
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) openPalette();
      return;
    }
    if (nativeLayerOpen()) return;
    if (event.key === "Escape") {
      if (!closeInnermost() && openId()) go({ at: "queue" });
      return;
    }
    if (event.key === "?" && !isWriting(event.target)) {
      event.preventDefault();
      showShortcuts();
      return;
    }
    if (isShortcut(event, isWriting(event.target), navigator.platform.startsWith("Mac"))) withAlt(event, desk);
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/**
 * Alt and a key. In a text on a Mac only where that writes no letter (Option and U is how one begins ü there, and Option
 * and A a Polish ą); with Control beside it, everywhere.
 */
export function isShortcut(event: Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey" | "key">, writing: boolean, mac: boolean): boolean {
  if (!event.altKey || event.metaKey) return false;
  if (event.ctrlKey) return mac;
  return !(mac && writing && /^(Dead|\p{L})$/u.test(event.key));
}

// By place on the keyboard: with Alt, macOS turns letters into other characters.
function withAlt(event: KeyboardEvent, desk: Desk): void {
  const id = openId();
  const writing = desk.open.value?.writing;
  const neighbour = (step: 1 | -1) => {
    const next = desk.queue.neighbour(id, step);
    if (next) go({ at: "conversation", id: next });
  };
  const write = (tab: "reply" | "note") => {
    writing?.setTab(tab);
    document.querySelector<HTMLElement>("[data-composer]")?.focus();
  };
  // A narrow conversation has one menu for all of it instead.
  const press = (keys: string) =>
    [...document.querySelectorAll<HTMLElement>(`[aria-haspopup][aria-keyshortcuts~="${keys}"]`)].find((menu) => menu.checkVisibility())?.click();
  const actions: Record<string, () => void> = {
    KeyJ: () => neighbour(1),
    KeyK: () => neighbour(-1),
    KeyL: () => write("reply"),
    KeyP: () => write("note"),
    KeyA: () => press("Alt+A"),
    KeyM: () => press("Alt+M"),
    KeyU: () => id && void desk.markUnread(id),
    KeyE: () => id && desk.opened.value?.status !== "solved" && void desk.command("Solve", id),
  };
  const action = actions[event.code];
  if (!action) return;
  event.preventDefault();
  action();
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
