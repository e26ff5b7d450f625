import { expect, test } from "vitest";
import { join, mayUndo, out, quietLasts, showsUndo, undoLasts, type JoinEvent, type Joining } from "./joining.ts";

const maya = { id: "maya", name: "Maya" };
const run = (...events: JoinEvent[]): { state: Joining; asked: string[] } => {
  const asked: string[] = [];
  const state = events.reduce<Joining>((before, event) => {
    const [next, command] = join(before, event);
    if (command) asked.push(command);
    return next;
  }, out);
  return { state, asked };
};
const joined: JoinEvent = { type: "answered", result: { outcome: "joined" }, at: 1_000, fromBot: true };

test("the first key asks to join, further ones do not", () => {
  expect(run({ type: "typed" }, { type: "typed" }, { type: "typed" }).asked).toEqual(["Join"]);
  expect(run({ type: "typed" }, joined, { type: "typed" }).asked).toEqual(["Join"]);
});

test("the winner may undo for ten seconds, and not after sending", () => {
  const won = run({ type: "typed" }, joined).state;
  expect(showsUndo(won, 1_000)).toBe(true);
  expect(showsUndo(won, 1_000 + undoLasts)).toBe(false);
  expect(mayUndo(join(won, { type: "sent" })[0])).toBe(false);
  expect(run({ type: "typed" }, joined, { type: "sent" }, { type: "undo" }).asked).toEqual(["Join"]);
});

test("what was sent before the answer was here has nothing to undo either", () => {
  const quick = run({ type: "typed" }, { type: "sent" }, joined, { type: "text", empty: true, at: 2_000 }, { type: "tick", at: 999_999 });
  expect(mayUndo(quick.state)).toBe(false);
  expect(quick.asked).toEqual(["Join"]);
});

test("after Undo typing does not join by itself, the button does", () => {
  const undone = [{ type: "typed" }, joined, { type: "undo" }, { type: "owner", owner: null, me: "me" }, { type: "typed" }] as const;
  expect(run(...undone).asked).toEqual(["Join", "UndoJoin"]);
  expect(run(...undone, { type: "asked" }).asked).toEqual(["Join", "UndoJoin", "Join"]);
});

test("the loser learns who was faster, and is free again when that colleague leaves", () => {
  const lost = run({ type: "typed" }, { type: "answered", result: { outcome: "claimed-by-other", by: maya }, at: 5, fromBot: true }).state;
  expect(lost).toEqual({ step: "lost", by: maya, at: 5 });
  expect(join(lost, { type: "typed" })).toEqual([lost, null]);
  expect(join(lost, { type: "owner", owner: maya, me: "me" })[0]).toBe(lost);
  expect(join(lost, { type: "owner", owner: null, me: "me" })[0]).toEqual(out);
});

test("what was mine already has nothing to undo", () => {
  const { state } = run({ type: "typed" }, { type: "answered", result: { outcome: "already-mine" }, at: 0, fromBot: false });
  expect(mayUndo(state)).toBe(false);
});

test("emptied and silent for a minute: the bot gets it back", () => {
  const empty: JoinEvent[] = [{ type: "typed" }, joined, { type: "text", empty: true, at: 2_000 }];
  expect(run(...empty, { type: "tick", at: 2_000 + quietLasts - 1 }).asked).toEqual(["Join"]);
  expect(run(...empty, { type: "tick", at: 2_000 + quietLasts }).asked).toEqual(["Join", "UndoJoin"]);
  expect(run(...empty, { type: "text", empty: false, at: 3_000 }, { type: "tick", at: 999_999 }).asked).toEqual(["Join"]);
  expect(run(...empty, { type: "sent" }, { type: "tick", at: 999_999 }).asked).toEqual(["Join"]);
});

test("a failed claim says why and may be tried again by typing", () => {
  const failed = run({ type: "typed" }, { type: "refused", sentence: "No." });
  expect(failed.state).toEqual({ step: "failed", sentence: "No." });
  expect(join(failed.state, { type: "typed" })[1]).toBe("Join");
});

test("somebody takes over: not in any more", () => {
  expect(run({ type: "typed" }, joined, { type: "owner", owner: maya, me: "me" }).state).toEqual(out);
});
