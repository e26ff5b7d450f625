import { expect, test } from "vitest";
import type { Entry } from "@livesupport/shared/protocol.ts";
import { linesOf, systemText } from "./lines.ts";

const noon = new Date(2026, 4, 10, 12).getTime();
let seq = 0;
const entry = (minutes: number, more: Partial<Entry> = {}): Entry => ({
  seq: ++seq, rev: seq, id: `e${seq}`, kind: "text", author: { type: "visitor", id: "v" }, text: "Hi",
  at: new Date(noon + minutes * 60_000).toISOString(), ...more,
});
const shape = (entries: Entry[]) =>
  linesOf(entries, "me", noon + 3_600_000).map((line) => (line.is === "message" ? (line.closes ? "M" : "m") : line.is === "day" ? line.label : "s"));

test("days stand apart, and a run of one author carries its time once", () => {
  const day = 24 * 60;
  expect(shape([entry(-day), entry(0), entry(1), entry(2, { author: { type: "agent", id: "a" } })])).toEqual(["Yesterday", "M", "Today", "m", "M", "M"]);
});

test("a pause, a note and a system line end a run", () => {
  const by = { type: "agent", id: "a" } as const;
  expect(shape([entry(0), entry(10)])).toEqual(["Today", "M", "M"]);
  expect(shape([entry(0, { author: by }), entry(0, { author: by, kind: "note" })])).toEqual(["Today", "M", "M"]);
  expect(shape([entry(0), entry(0, { kind: "system" }), entry(0)])).toEqual(["Today", "M", "s", "M"]);
});

test("system entries name others, and call oneself You", () => {
  const joined = entry(0, { kind: "system", code: "joined", author: { type: "system", id: "a", name: "Mira" }, text: "Mira joined" });
  expect(systemText(joined, "me")).toBe("Mira joined · bot paused");
  expect(systemText(joined, "a")).toBe("You joined · bot paused");
  const solved = { ...joined, code: "solved" as const, text: "Mira solved the conversation" };
  expect(systemText(solved, "a")).toBe("You solved the conversation");
  const assigned = { ...joined, code: "assigned" as const, text: "Mira assigned Mira" };
  expect(systemText(assigned, "a")).toBe("You assigned yourself");
  expect(systemText({ ...assigned, text: "Mira assigned Sam" }, "b")).toBe("Mira assigned Sam");
});
