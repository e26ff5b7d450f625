import type { Entry } from "@livesupport/shared/protocol.ts";
import { words } from "./speech.ts";

/** A system entry as the visitor reads it. */
export function say(entry: Entry): string {
  const known = entry.code && words.value.system[entry.code];
  return known ? known(firstName(entry.author.name) || words.value.somebody) : entry.text;
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

/** Who answers, below the name. Never when: nobody can promise that. */
export function subtitle({ owned, bot, solved, away }: { owned: boolean; bot: boolean; solved: boolean; away: boolean }): string {
  const say = words.value;
  if (solved) return say.over;
  if (bot) return say.assistant;
  if (away) return say.away;
  return owned ? say.talking : say.personAnswers;
}
