import type { Author } from "@livesupport/shared/protocol.ts";
import type { Happening, TimelineItem } from "./operations.ts";
import { duration } from "./numbers.ts";

/** One line of the story: something that happened, or revisions of which nothing is kept. */
export type Line =
  | { kind: "event"; rev: number; at: string; hidden: boolean; who: "visitor" | "bot" | "agent" | "system"; title: string; text?: string; aside?: string }
  | { kind: "gap"; from: number; to: number };

/** A name for an agent's id; null when nobody knows it. */
type NameOf = (id: string) => string | null;

const nobody: NameOf = () => null;

const nameOf = (author: Author, known: NameOf): string =>
  author.name ?? (author.type === "agent" && author.id ? known(author.id) : null) ?? { visitor: "Visitor", bot: "Bot", agent: "Agent", system: "System" }[author.type];

function title(event: Happening, known: NameOf): string {
  switch (event.kind) {
    case "entry": {
      const { seq, author, kind } = event.entry!;
      return kind === "system" ? event.entry!.text || event.entry!.code! : `${nameOf(author, known)} · ${kind === "note" ? "note" : "message"} ${seq}`;
    }
    case "mode":
      return event.mode === "bot" ? "The bot answers" : "People answer";
    case "status":
      return `Status: ${event.status}`;
    case "owner":
      return event.owner ? `Owner: ${event.owner.name}` : "No owner";
    case "read":
      return `${nameOf(event.by!, known)} has read up to ${event.seq}`;
    case "contact":
      return "The visitor's name or e-mail changed";
    default:
      return event.kind;
  }
}

/** How long the bot took: its entry is named after the one that it answers. */
function botTook(event: Happening, timeline: TimelineItem[]): string | undefined {
  const answered = /^bot:(\d+)$/.exec(event.entry?.id ?? "")?.[1];
  const question = answered && timeline.find((item) => item.event.entry?.seq === Number(answered))?.event;
  return question ? `answers ${answered} after ${duration((Date.parse(event.at) - Date.parse(question.at)) / 1_000)}` : undefined;
}

/** The story from the first to the last revision, oldest first, with its gaps said. */
export function tell(timeline: TimelineItem[], rev: number, known: NameOf = nobody): Line[] {
  const lines: Line[] = [];
  let next = 1;
  const gapUpTo = (to: number) => {
    if (to >= next) lines.push({ kind: "gap", from: next, to });
  };
  for (const { event, hidden } of timeline) {
    gapUpTo(event.rev - 1);
    next = event.rev + 1;
    const text = event.kind === "entry" && event.entry!.kind !== "system" ? event.entry!.text : undefined;
    const aside = botTook(event, timeline) ?? (event.epoch === undefined ? undefined : `epoch ${event.epoch}`);
    lines.push({
      kind: "event",
      rev: event.rev,
      at: event.at,
      hidden,
      who: event.entry?.author.type ?? event.by?.type ?? "system",
      title: title(event, known),
      ...(text !== undefined && { text }),
      ...(aside !== undefined && { aside }),
    });
  }
  gapUpTo(rev);
  return lines;
}
