import { effect, signal } from "@preact/signals";
import { alone } from "@livesupport/shared/alone.ts";
import { chime } from "@livesupport/shared/chime.ts";
import type { AlertEvent, Availability } from "@livesupport/shared/protocol.ts";
import { nameOf } from "./people.ts";
import { go, openId } from "./place.ts";
import { read, write } from "./storage.ts";

interface Wishes {
  sound: boolean;
  /** Over other windows, where the browser has been allowed to. */
  desktop: boolean;
}

const remembered = "livesupport.alerts";

/** What this browser does when somebody waits or writes. */
export const wishes = signal<Wishes>({ sound: true, desktop: false, ...read<Wishes>(remembered) });
effect(() => write(remembered, wishes.value));

export interface Shown {
  title: string;
  text: string;
}

/** What is said of an alert; null when it is none to this agent, as they are. */
export function wordsOf({ why, visitor, preview }: AlertEvent, availability: Availability): Shown | null {
  if (availability === "offline" || (availability === "away" && why === "waiting")) return null;
  const name = visitor ? nameOf(visitor) : "";
  if (why === "assigned") return { title: "A conversation is yours now", text: "A colleague assigned it to you." };
  return { title: why === "waiting" ? `${name} waits for a person` : name, text: preview ?? "" };
}

/** Sounds, and shows over other windows, what cannot be seen here. */
export async function alert(event: AlertEvent, availability: Availability): Promise<void> {
  const shown = wordsOf(event, availability);
  const looking = document.visibilityState === "visible" && document.hasFocus();
  // Who looks at the list sees what comes; only what is elsewhere needs a sound, and what is on screen needs nothing.
  if (!shown || (looking && (event.why === "assigned" || openId() === event.conversationId))) return;
  await alone(event.conversationId, () => {
    if (wishes.value.sound) chime();
    if (!looking && wishes.value.desktop) show(shown, event.conversationId);
  });
}

export type Permission = "granted" | "denied" | "default" | "missing";

/** Whether the browser lets us; "missing": it knows no such thing (a page without https, some phones). */
export const permission = (): Permission => (typeof Notification === "undefined" ? "missing" : Notification.permission);

function show({ title, text }: Shown, conversationId: string): void {
  if (permission() !== "granted") return;
  try {
    const note = new Notification(title, { body: text, tag: conversationId });
    note.onclick = () => {
      window.focus();
      go({ at: "conversation", id: conversationId });
      note.close();
    };
  } catch {
    // Some phones only let a service worker do it.
  }
}
