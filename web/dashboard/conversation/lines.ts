import type { Entry } from "@livesupport/shared/protocol.ts";
import { agentName } from "../shell/people.ts";
import { dayOf } from "../shell/time.ts";

export type Line =
  | { is: "day"; key: string; label: string }
  | { is: "system"; key: string; text: string; entry: Entry }
  | { is: "message"; key: string; entry: Entry; /** The last of a run by one author: it carries name and time. */ closes: boolean };

const runLasts = 3 * 60_000;

/** The transcript as the screen shows it: days apart, messages of one author in a run under one name. */
export function linesOf(entries: readonly Entry[], me: string, today: number): Line[] {
  const lines: Line[] = [];
  let day = "";
  entries.forEach((entry, index) => {
    const label = dayOf(entry.at, today);
    if (label !== day) lines.push({ is: "day", key: `day:${label}:${entry.seq}`, label });
    day = label;
    if (entry.kind === "system") lines.push({ is: "system", key: entry.id, text: systemText(entry, me), entry });
    else lines.push({ is: "message", key: entry.id, entry, closes: !sameRun(entry, entries[index + 1], today) });
  });
  return lines;
}

function sameRun(entry: Entry, next: Entry | undefined, today: number): boolean {
  return (
    next !== undefined &&
    next.kind === entry.kind &&
    next.author.type === entry.author.type &&
    next.author.id === entry.author.id &&
    Date.parse(next.at) - Date.parse(entry.at) < runLasts &&
    dayOf(next.at, today) === dayOf(entry.at, today)
  );
}

const inSecondPerson = (text: string, name: string): string =>
  text.startsWith(name) ? `You${text.slice(name.length).replace(name, "yourself")}` : text;

/** The server's sentence, with "You" for one's own deeds and what it means for the bot. */
export function systemText(entry: Entry, me: string): string {
  const by = entry.author.id ? agentName(entry.author, me) : null;
  const text = by === "You" && entry.author.name ? inSecondPerson(entry.text, entry.author.name) : entry.text;
  switch (entry.code) {
    case "joined":
      return by ? `${by} joined · bot paused` : text;
    case "left":
      return by ? `${by} left` : text;
    case "handed-to-bot":
      return by ? `${by} handed over to the bot` : text;
    default:
      return text;
  }
}
