import { beforeEach, expect, test } from "vitest";
import { HubError } from "@livesupport/shared/hub.ts";
import type { ConversationSummary, QueueCounts, QueuePage } from "@livesupport/shared/protocol.ts";
import { TestWire } from "../test-wire.ts";
import { Queue } from "./queue.ts";

const none = { all: 0, inbox: 0, unassigned: 0 };
const counts: QueueCounts = { views: none, active: none, filters: { all: 0, active: 0, solved: 0, mine: 0, unassigned: 0 } };
const row = (id: string, minute: number, rev = 1): ConversationSummary => {
  const at = new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
  return {
    id, rev, seq: 1, visitor: { id: `v-${id}`, online: false }, mode: "bot", status: "active", isCase: false, owner: null,
    preview: "", startedAt: at, lastAt: at, unread: 0,
  };
};
const page = (version: number, ...rows: ConversationSummary[]): QueuePage => ({ rows, counts, version });

let wire: TestWire;
let queue: Queue;
const ids = () => queue.window.value?.rows.map((one) => one.id).join("");

beforeEach(() => {
  wire = new TestWire();
  queue = new Queue(wire);
  wire.connect();
});

test("what changes while the page is on its way is applied after it", async () => {
  wire.tell({ kind: "queue-row", version: 6, row: row("b", 9, 2) }, { kind: "queue-row", version: 4, row: row("old", 9) });
  await wire.last("Watch").answer(page(5, row("a", 2), row("b", 1)));
  expect(ids()).toBe("ba");
});

test("each connect watches again, and heals what was missed", async () => {
  await wire.last("Watch").answer(page(5, row("a", 2)));
  wire.connect();
  expect(wire.count("Watch")).toBe(2);
  expect(ids()).toBe("a");
  await wire.last("Watch").answer(page(9, row("b", 3)));
  expect(ids()).toBe("b");
});

test("the answer to an earlier selection comes too late", async () => {
  const slow = wire.last("Watch");
  queue.select({ view: "inbox" });
  await wire.last("Watch").answer(page(6, row("mine", 1)));
  await slow.answer(page(5, row("all", 1)));
  expect(ids()).toBe("mine");
});

test("a refusal is shown; a lost connection is not, for it watches again", async () => {
  await wire.last("Watch").refuse(new HubError("forbidden", "Not for you."));
  expect(queue.failed.value).toBe("Not for you.");
  wire.connect();
  wire.state.value = "waiting";
  await wire.last("Watch").refuse(new HubError("offline", "There is no connection right now."));
  expect(queue.failed.value).toBeNull();
});

test("the next conversation, and none beyond the end", async () => {
  await wire.last("Watch").answer(page(5, row("b", 2), row("a", 1)));
  expect([queue.neighbour(null, 1), queue.neighbour("b", 1), queue.neighbour("a", 1), queue.neighbour("b", -1)]).toEqual(["b", "a", null, null]);
});

const many = (from: number, to: number) => Array.from({ length: from - to }, (_, i) => row(`r${String(from - i).padStart(3, "0")}`, from - i));

test("after a break it has as many rows as before, in pages that the server gives", async () => {
  await wire.last("Watch").answer({ ...page(5, ...many(200, 150)), cursor: "150" });
  for (const [from, to] of [[150, 100], [100, 50]] as const) {
    void queue.more();
    await wire.last("Watch").answer({ ...page(6, ...many(from, to)), cursor: `${to}` });
  }
  wire.connect();
  expect(wire.last("Watch").args).toMatchObject([{ limit: 100 }]);
  await wire.last("Watch").answer({ ...page(9, ...many(200, 100)), cursor: "100" });
  expect(wire.last("Watch").args).toMatchObject([{ limit: 50, cursor: "100" }]);
  wire.tell({ kind: "queue-row", version: 10, removed: "r060" }, { kind: "queue-row", version: 11, row: row("r050", 50) });
  await wire.last("Watch").answer({ ...page(10, ...many(100, 50)), cursor: "50" });
  expect(queue.window.value?.rows).toHaveLength(151);
});

test("a list that has grown beyond its end is loaded further", async () => {
  const { counts: before } = page(5);
  await wire.last("Watch").answer(page(5, ...many(50, 0)));
  void queue.more();
  expect(wire.count("Watch")).toBe(1);
  wire.tell({ kind: "queue-counts", counts: { ...before, filters: { ...before.filters, active: 51 } } });
  void queue.more();
  void queue.more();
  expect(wire.count("Watch")).toBe(2);
  expect(wire.last("Watch").args).toMatchObject([{ limit: 100 }]);
});
