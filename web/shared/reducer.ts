import type { AuthorType, ConversationEvent, ConversationSnapshot, ConversationSummary, Entry } from "./protocol.ts";

/** Who looks: an agent's unread count is that agent's own. */
export interface Reader {
  role: AuthorType;
  id: string;
}

const PreviewLength = 160;

/**
 * The snapshot after one committed event, exactly as the server would give it (the same fixtures pin both sides):
 * the same object when the event is already in it, `"gap"` when something between is missing.
 * A kind that we do not know only advances `rev`.
 */
export function apply(snapshot: ConversationSnapshot, event: ConversationEvent, reader: Reader): ConversationSnapshot | "gap" {
  const { summary } = snapshot;
  if (event.rev <= summary.rev) return snapshot;
  if (event.rev > summary.rev + 1) return "gap";
  return change({ ...snapshot, summary: { ...summary, rev: event.rev } }, event, reader);
}

/** `next` is ours to change: apply made it. */
function change(next: ConversationSnapshot, event: ConversationEvent, reader: Reader): ConversationSnapshot {
  const { summary } = next;
  switch (event.kind) {
    case "entry":
      if (event.entry.code === "erased") {
        erase(next, event.entry);
        break;
      }
      next.entries = [...next.entries, event.entry];
      addEntry(next, event.entry, reader);
      break;
    case "mode":
      summary.mode = event.mode;
      if (event.mode === "bot") summary.waitingSince = null;
      else {
        summary.isCase = true;
        // Whose last words the bot has answered waits for nobody, though an agent came by themselves.
        if (summary.status !== "solved" && summary.previewBy?.type === "visitor") summary.waitingSince ??= event.at;
      }
      next.epoch = event.epoch;
      break;
    case "status":
      summary.status = event.status;
      next.epoch = event.epoch;
      next.snoozedUntil = summary.snoozedUntil = event.until;
      if (event.status === "solved") summary.waitingSince = null;
      break;
    case "owner":
      summary.owner = event.owner ?? null;
      next.epoch = event.epoch;
      break;
    case "read":
      if (event.by.type === "visitor") next.visitorSeenSeq = Math.max(next.visitorSeenSeq, event.seq);
      if (event.by.type === "agent") next.agentSeenSeq = Math.max(next.agentSeenSeq, event.seq);
      if (event.by.type === "agent" && reader.role === "agent" && event.by.id === reader.id)
        summary.unread = next.visitorEntries - event.visitorEntriesRead;
      break;
    case "contact":
      summary.visitor = { ...summary.visitor, id: event.visitor.id, name: event.visitor.name, email: event.visitor.email };
      break;
  }
  return next;
}

/** Whose conversation it was is gone, and all that was said. */
export const isErased = (snapshot: ConversationSnapshot | null): boolean => snapshot?.entries[0]?.code === "erased";

/** Nothing is left but the line that says so. */
function erase(next: ConversationSnapshot, entry: Entry): void {
  next.entries = [entry];
  next.hasMore = false;
  next.visitorEntries = 0;
  next.summary.seq = entry.seq;
  next.summary.unread = 0;
  previewOf(next.summary, entry);
}

function addEntry(next: ConversationSnapshot, entry: Entry, reader: Reader): void {
  const { summary } = next;
  summary.seq = entry.seq;
  if (entry.code === "asked-for-person" || entry.code === "bot-handed-off") summary.waitingSince ??= entry.at;
  if (entry.kind === "note" || entry.kind === "system") return;
  summary.lastAt = entry.at;
  previewOf(summary, entry);
  if (entry.author.type === "visitor") {
    next.visitorEntries++;
    if (reader.role === "agent") summary.unread++;
    if (summary.mode === "human_interaction") summary.waitingSince ??= entry.at;
  } else if (entry.author.type === "agent") summary.waitingSince = null;
}

function previewOf(summary: ConversationSummary, entry: Entry): void {
  summary.preview = cut(entry.text || (entry.attachments?.[0]?.name ?? ""));
  summary.previewBy = entry.author;
}

/** No character is cut in two. */
function cut(text: string): string {
  if (text.length <= PreviewLength) return text;
  const last = text.charCodeAt(PreviewLength - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? PreviewLength - 1 : PreviewLength);
}
