import { expect, test } from "vitest";
import type { ConversationSummary, QueueCounts, QueuePage, Sort } from "@livesupport/shared/protocol.ts";
import { append, apply, begin as beginWith, hasMore, withPresence } from "./window.ts";

const none = { all: 0, inbox: 0, unassigned: 0 };
const counts: QueueCounts = { views: none, active: none, filters: { all: 0, active: 0, solved: 0, mine: 0, unassigned: 0 } };

function row(id: string, minute: number, more: Partial<ConversationSummary> = {}): ConversationSummary {
  const at = new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
  return {
    id, rev: 1, seq: 1, visitor: { id: `v-${id}`, online: true }, mode: "bot", status: "active", isCase: false, owner: null,
    preview: "", startedAt: at, lastAt: at, unread: 0, ...more,
  };
}
const page = (rows: ConversationSummary[], cursor?: string): QueuePage => ({ rows, counts, version: 10, ...(cursor && { cursor }) });
const begin = (page: QueuePage, sort: Sort) => beginWith(page, sort, "all");
const ids = (window: { rows: ConversationSummary[] }) => window.rows.map((one) => one.id).join("");

test("a changed row moves to its place", () => {
  const window = begin(page([row("c", 3), row("b", 2), row("a", 1)]), "newest");
  expect(ids(apply(window, { kind: "queue-row", version: 11, row: row("a", 4, { rev: 2 }) }))).toBe("acb");
});

test("a new row comes in where the order puts it, whichever order it is", () => {
  const rows = [row("a", 1), row("c", 3)];
  const event = { kind: "queue-row", version: 11, row: row("b", 2) } as const;
  expect(ids(apply(begin(page(rows), "oldest"), event))).toBe("abc");
  expect(ids(apply(begin(page([...rows].reverse()), "newest"), event))).toBe("cba");
});

test("a repeat and an older revision change nothing", () => {
  const window = begin(page([row("a", 5, { rev: 7 })]), "newest");
  expect(apply(window, { kind: "queue-row", version: 9, row: row("a", 9, { rev: 8 }) })).toBe(window);
  expect(apply(window, { kind: "queue-row", version: 11, row: row("a", 1, { rev: 6 }) })).toBe(window);
});

test("what left is taken out; what was never there stays away", () => {
  const window = begin(page([row("b", 2), row("a", 1)]), "newest");
  expect(ids(apply(window, { kind: "queue-row", version: 11, removed: "a" }))).toBe("b");
  expect(apply(window, { kind: "queue-row", version: 11, removed: "x" })).toBe(window);
});

test("that a row left the list shown before does not take it out of this one", () => {
  const solved = begin(page([row("a", 1, { status: "solved" })]), "newest");
  expect(apply(solved, { kind: "queue-row", version: 10, removed: "a" })).toBe(solved);
});

test("a row that moves up from behind the last one is taken, for the server sends no other", () => {
  let window = begin(page([row("c", 3), row("b", 2)], "next"), "newest");
  window = apply(window, { kind: "queue-row", version: 11, removed: "c" });
  window = apply(window, { kind: "queue-row", version: 11, row: row("a", 1) });
  expect(ids(window)).toBe("ba");
});

test("what happened to a further page's rows before that page is in it already", () => {
  let window = begin(page([row("d", 4), row("c", 3)], "next"), "newest");
  window = append(window, { ...page([row("b", 2)], "next"), version: 20 });
  window = apply(window, { kind: "queue-row", version: 20, removed: "b" });
  window = apply(window, { kind: "queue-row", version: 19, row: row("d", 5, { rev: 2 }) });
  expect(window.rows.map((one) => one.rev)).toEqual([2, 1, 1]);
  expect(ids(apply(window, { kind: "queue-row", version: 21, removed: "b" }))).toBe("dc");
});

test("a list that had ended goes on when it has grown", () => {
  const window = begin(page([row("b", 2), row("a", 1)]), "newest");
  expect(hasMore(window)).toBe(false);
  expect(hasMore({ ...window, counts: { ...counts, filters: { ...counts.filters, all: 3 } } })).toBe(true);
});

test("a further page joins without doubling what an event brought meanwhile", () => {
  let window = begin(page([row("d", 4), row("c", 3)], "next"), "newest");
  window = apply(window, { kind: "queue-row", version: 11, row: row("a", 9, { rev: 5 }) });
  window = append(window, page([row("b", 2), row("a", 1)]));
  expect(ids(window)).toBe("adcb");
  expect(window.cursor).toBeNull();
});

test("unread first, and of what is read what waits for an answer first; solved last", () => {
  const visitor = { previewBy: { type: "visitor" } } as const;
  const window = begin(page([]), "unread");
  const rows = [
    row("g", 9, { status: "solved", ...visitor }), row("f", 8), row("e", 1, visitor), row("d", 2, visitor),
    row("h", 7, { unread: 1, status: "solved", ...visitor }), row("c", 1, { unread: 2 }), row("b", 2, { unread: 1, ...visitor }), row("a", 3, { unread: 9, ...visitor }),
  ];
  const filled = rows.reduce((one, next) => apply(one, { kind: "queue-row", version: 11, row: next }), window);
  expect(ids(filled)).toBe("abcdefgh");
});

test("presence marks the rows of one visitor and nothing else", () => {
  const window = begin(page([row("b", 2), row("a", 1)]), "newest");
  const gone = withPresence(window, "v-a", false);
  expect(gone.rows.map((one) => one.visitor.online)).toEqual([true, false]);
  expect(withPresence(gone, "v-a", false)).toBe(gone);
});
