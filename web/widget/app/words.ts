import type { Entry, SystemCode } from "@livesupport/shared/protocol.ts";

const Words: Partial<Record<SystemCode, (name: string) => string>> = {
  joined: (name) => `${name} joined`,
  left: (name) => `${name} left`,
  "took-over": (name) => `${name} joined`,
  "handed-to-bot": () => "Our assistant is back",
  "asked-for-person": () => "You asked for a person",
  "bot-handed-off": () => "A person from our team will join",
  solved: () => "Marked as solved",
  ended: () => "You ended the conversation",
  reopened: () => "The conversation goes on",
  rated: () => "Thank you for your rating",
};

/** A system entry as the visitor reads it. */
export function say(entry: Entry): string {
  const words = entry.code && Words[entry.code];
  return words ? words(firstName(entry.author.name) || "Somebody") : entry.text;
}

export const firstName = (name: string | null | undefined): string => name?.trim().split(/\s+/)[0] ?? "";

export const initials = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .filter((_, i, all) => i === 0 || i === all.length - 1)
    .join("")
    .toUpperCase();
