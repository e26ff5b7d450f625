import type { ConversationSummary, Filter, QueueCounts, QueuePage, QueueRowEvent, Sort } from "@livesupport/shared/protocol.ts";

/**
 * The rows of the queue that this screen has loaded, in order. The server keeps them: it tells what comes in, what leaves
 * and what moves up from behind, so that there are never more than were asked for, and fewer only if there are no more.
 */
export interface Window {
  sort: Sort;
  filter: Filter;
  rows: ConversationSummary[];
  counts: QueueCounts;
  /** Where to go on; null when the list ended here as it was loaded. */
  cursor: string | null;
  version: number;
  /** Of rows that came with a further page: its version, up to which all that happened to them is in it. */
  asOf: ReadonlyMap<string, number>;
}

export const begin = (page: QueuePage, sort: Sort, filter: Filter): Window => ({
  sort,
  filter,
  rows: page.rows,
  counts: page.counts,
  cursor: page.cursor ?? null,
  version: page.version,
  asOf: new Map(),
});

/** The list goes on behind the last row here: it did when that was loaded, or has grown since. */
export const hasMore = ({ cursor, counts, filter, rows }: Window): boolean => cursor !== null || counts.filters[filter] > rows.length;

/** A further page. Rows that came in by event meanwhile are kept once, in their newer form. */
export function append(window: Window, page: QueuePage): Window {
  const known = new Map(window.rows.map((row) => [row.id, row]));
  for (const row of page.rows) {
    const old = known.get(row.id);
    if (!old || old.rev < row.rev) known.set(row.id, row);
  }
  const cursor = page.cursor ?? null;
  const asOf = new Map([...window.asOf, ...page.rows.map((row) => [row.id, page.version] as const)]);
  return { ...window, rows: [...known.values()].sort(order(window.sort)), counts: page.counts, cursor, asOf };
}

/**
 * A row changed, came, or left. The server drops what is not on this screen and mends its own gaps, so versions
 * skip. What is not newer than our page is in it already, or was meant for the list that was shown before: a row
 * that has just left "Active" must not leave "Solved" too.
 */
export function apply(window: Window, event: QueueRowEvent): Window {
  const id = event.row?.id ?? event.removed!;
  if (event.version <= (window.asOf.get(id) ?? window.version)) return window;
  const old = window.rows.find((row) => row.id === id);
  if (!event.row) return old ? { ...window, rows: window.rows.filter((row) => row !== old) } : window;
  if (old && old.rev > event.row.rev) return window;

  const compare = order(window.sort);
  const rows = window.rows.filter((row) => row !== old);
  const place = rows.findIndex((row) => compare(event.row, row) < 0);
  rows.splice(place < 0 ? rows.length : place, 0, event.row);
  return { ...window, rows };
}

export function withPresence(window: Window, visitorId: string, online: boolean): Window {
  if (!window.rows.some((row) => row.visitor.id === visitorId && row.visitor.online !== online)) return window;
  const rows = window.rows.map((row) => (row.visitor.id === visitorId ? { ...row, visitor: { ...row.visitor, online } } : row));
  return { ...window, rows };
}

/** As the server sorts: equal times fall back to the id. */
export function order(sort: Sort): (a: ConversationSummary, b: ConversationSummary) => number {
  const newest = (a: ConversationSummary, b: ConversationSummary) =>
    Date.parse(b.lastAt) - Date.parse(a.lastAt) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
  if (sort === "newest") return newest;
  if (sort === "oldest") return (a, b) => newest(b, a);
  return (a, b) => urgency(a) - urgency(b) || newest(a, b);
}

/** What is unread before what is read, and within each what waits for an answer first; what is solved comes last. */
const urgency = (row: ConversationSummary): number =>
  row.status === "solved" ? 4 : (row.unread > 0 ? 0 : 2) + (row.previewBy?.type === "visitor" ? 0 : 1);
