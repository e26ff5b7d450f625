import type { ConversationSummary, Filter, View } from "@livesupport/shared/protocol.ts";

const isUnassigned = (row: ConversationSummary) => row.isCase && !row.owner && row.status === "active" && row.mode === "human_interaction";

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

/** What an empty list says, title and sentence: nobody waits only where those who wait would be shown. */
export function emptiness(view: View, filter: Filter): [title: string, why: string] {
  const waiting = filter === "all" || filter === "active" || filter === "unassigned";
  if (view === "inbox" && filter !== "solved" && filter !== "unassigned") return ["Your inbox is clear", "What you join or what is assigned to you appears here."];
  if (view === "unassigned" ? waiting : view === "all" && filter === "unassigned") return ["Nobody is waiting", "Conversations that need a person appear here until somebody joins."];
  if (view === "unassigned") return ["Nothing here", "What nobody has taken is neither solved nor yours."];
  return ["Nothing here", "No conversation fits this view and filter."];
}
