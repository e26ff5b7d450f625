import { expect, test } from "vitest";
import type { ConversationSummary } from "@livesupport/shared/protocol.ts";
import { emptiness, whyNotHere } from "./where.ts";

const row = (more: Partial<ConversationSummary>): ConversationSummary => ({
  id: "c", rev: 1, seq: 1, visitor: { id: "v", online: true }, mode: "human_interaction", status: "active", isCase: true,
  owner: null, preview: "", startedAt: "", lastAt: "", unread: 0, ...more,
});

test("nothing to say about a conversation that is in the list", () => {
  expect(whyNotHere(row({}), "unassigned", "all", "me")).toBeNull();
  expect(whyNotHere(row({ owner: { id: "me", name: "Me" } }), "inbox", "active", "me")).toBeNull();
});

test.each([
  [row({ status: "solved" }), "inbox", "active", "It is solved."],
  [row({ owner: { id: "x", name: "Maya" } }), "unassigned", "all", "Maya has it."],
  [row({ owner: { id: "me", name: "Me" } }), "unassigned", "all", "You have it: see Inbox."],
  [row({ mode: "bot", isCase: false }), "inbox", "all", "The bot has it."],
  [row({ mode: "bot" }), "unassigned", "all", "The bot has it."],
  [row({}), "inbox", "all", "Nobody has it: see Unassigned."],
  [row({ status: "snoozed" }), "all", "active", "It is snoozed."],
  [row({}), "all", "solved", "It is not solved."],
] as const)("where it went (%#)", (summary, view, filter, why) => {
  expect(whyNotHere(summary, view, filter, "me")).toBe(why);
});

test.each([
  ["unassigned", "all", "Nobody is waiting"],
  ["unassigned", "active", "Nobody is waiting"],
  ["all", "unassigned", "Nobody is waiting"],
  ["unassigned", "solved", "Nothing here"],
  ["unassigned", "mine", "Nothing here"],
  ["inbox", "unassigned", "Nothing here"],
  ["inbox", "all", "Your inbox is clear"],
  ["inbox", "solved", "Nothing here"],
  ["all", "active", "Nothing here"],
] as const)("an empty list of %s under %s says: %s", (view, filter, title) => expect(emptiness(view, filter)[0]).toBe(title));
