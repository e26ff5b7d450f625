import { expect, test } from "vitest";
import { highlight, matches } from "./highlight.ts";

test("hits are told apart from the words around them", () => {
  expect(highlight("where is my \uE000parcel\uE001 now")).toEqual([
    { text: "where is my ", hit: false },
    { text: "parcel", hit: true },
    { text: " now", hit: false },
  ]);
  expect(highlight("none")).toEqual([{ text: "none", hit: false }]);
  expect(highlight("cut \uE000off")).toEqual([{ text: "cut ", hit: false }, { text: "off", hit: true }]);
});

test("a command is found by the beginnings of its words", () => {
  expect(matches("Solve this conversation", "sol co")).toBe(true);
  expect(matches("Solve this conversation", "olve")).toBe(false);
  expect(matches("Theme: dark", "")).toBe(true);
});
