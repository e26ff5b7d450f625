import { expect, it } from "vitest";
import { wordsOf } from "./alerts.ts";

const visitor = { id: "v-12345678", name: "Anna" };
const event = (why: "waiting" | "assigned" | "message") => ({ kind: "alert" as const, why, conversationId: "c", visitor, preview: "Hello?" });

it("names who waits and who writes", () => {
  expect(wordsOf(event("waiting"), "online")).toEqual({ title: "Anna waits for a person", text: "Hello?" });
  expect(wordsOf(event("message"), "online")).toEqual({ title: "Anna", text: "Hello?" });
  expect(wordsOf({ kind: "alert", why: "assigned", conversationId: "c" }, "online")?.title).toBe("A conversation is yours now");
});

it.each([
  ["waiting", "away", false],
  ["message", "away", true],
  ["assigned", "away", true],
  ["waiting", "offline", false],
  ["message", "offline", false],
] as const)("tells of %s to who is %s: %s", (why, availability, told) => expect(wordsOf(event(why), availability) !== null).toBe(told));
