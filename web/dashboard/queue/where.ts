import type { ConversationSummary, Filter, View } from "@livesupport/shared/protocol.ts";

const isUnassigned = (row: ConversationSummary) => row.isCase && !row.owner && row.status === "active";

/** Whether a conversation belongs into a view under a filter, as the server decides it. */
export function holds(row: ConversationSummary, view: View, filter: Filter, me: string): boolean {
  const mine = row.owner?.id === me;
  if (view === "inbox" && !mine) return false;
  if (view === "unassigned" && !isUnassigned(row)) return false;
  switch (filter) {
    case "active":
      return row.status === "active";
    case "solved":
      return row.status === "solved";
    case "mine":
      return mine;
    case "unassigned":
      return isUnassigned(row);
    default:
      return true;
  }
}

/** Where a conversation went that is not in the list: the question that agents ask most. Null when it is in it. */
export function whyNotHere(row: ConversationSummary, view: View, filter: Filter, me: string): string | null {
  if (holds(row, view, filter, me)) return null;
  if (row.status === "solved" && filter !== "solved") return "It is solved.";
  if (row.status === "snoozed" && (filter === "active" || view === "unassigned" || filter === "unassigned")) return "It is snoozed.";
  if (filter === "solved" && row.status !== "solved") return "It is not solved.";
  if (row.owner && row.owner.id !== me) return `${row.owner.name} has it.`;
  if (row.owner) return "You have it: see Inbox.";
  return row.mode === "bot" ? "The bot has it." : "Nobody has it: see Unassigned.";
}
