import { expect, test } from "vitest";
import type { TimelineItem } from "./operations.ts";
import { tell } from "./timeline.ts";

const said = (rev: number, seq: number, type: "visitor" | "bot" | "agent", text: string, extra: object = {}): TimelineItem => ({
  hidden: false,
  event: {
    kind: "entry",
    rev,
    at: `2026-05-03T12:00:0${rev}.000Z`,
    entry: { seq, rev, id: `m${seq}`, kind: "text", author: { type }, text, at: `2026-05-03T12:00:0${rev}.000Z`, ...extra },
  } as TimelineItem["event"],
});

test("the story says what is not kept, in the middle and at the end", () => {
  const lines = tell([said(3, 1, "visitor", "Hello"), said(4, 2, "agent", "Hi")], 6);
  expect(lines.map((line) => (line.kind === "gap" ? `${line.from}-${line.to}` : line.title))).toEqual([
    "1-2",
    "Visitor · message 1",
    "Agent · message 2",
    "5-6",
  ]);
});

test("a bot's answer says to what, and after how long", () => {
  const lines = tell([said(1, 1, "visitor", "How?"), said(2, 2, "bot", "So.", { id: "bot:1" })], 2);
  expect(lines[1]).toMatchObject({ who: "bot", aside: "answers 1 after 1.0 s", text: "So." });
});

test("changes that are no entry are worded, with the epoch that they began", () => {
  const at = "2026-05-03T12:00:00Z";
  const item = (event: object): TimelineItem => ({ hidden: true, event: { at, ...event } as TimelineItem["event"] });
  const lines = tell(
    [
      item({ rev: 1, kind: "owner", owner: { id: "a", name: "Mira" }, epoch: 2 }),
      item({ rev: 2, kind: "read", by: { type: "agent", id: "a" }, seq: 4 }),
      item({ rev: 3, kind: "owner", owner: null, epoch: 3 }),
    ],
    3,
    (id) => (id === "a" ? "Mira" : null),
  );
  expect(lines).toMatchObject([
    { title: "Owner: Mira", aside: "epoch 2", hidden: true },
    { title: "Mira has read up to 4", who: "agent" },
    { title: "No owner", aside: "epoch 3" },
  ]);
});
