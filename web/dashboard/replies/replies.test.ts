import { describe, expect, it, test } from "vitest";
import type { SavedReply } from "../api.ts";
import { filled, fitting, onlySlash, slashBefore } from "./replies.ts";

const reply = (shortcut: string, text: string): SavedReply => ({ id: shortcut, shortcut, text });
const replies = [reply("bye", "Goodbye, and thank you."), reply("hello", "Hi {{visitor}}."), reply("help", "How can I help?"), reply("moment", "One moment.")];
const shortcuts = (text: string, caret = text.length): string[] => {
  const slash = slashBefore(text, caret);
  return slash ? fitting(replies, slash).map((one) => one.shortcut) : [];
};

describe("what is on offer", () => {
  it("is everything at a slash that begins the text", () => expect(shortcuts("/")).toEqual(["bye", "hello", "help", "moment"]));
  it("is what begins so, then what says so", () => expect(shortcuts("/hel")).toEqual(["hello", "help"]));
  it("is found by a word of its text", () => expect(shortcuts("/thank")).toEqual(["bye"]));
  it("does not mind capitals", () => expect(shortcuts("/HELP")).toEqual(["help"]));
  it("is only what was begun within a sentence", () => {
    expect(shortcuts("Fine. /")).toEqual([]);
    expect(shortcuts("Fine. /m")).toEqual(["moment"]);
    expect(shortcuts("Fine. /thank")).toEqual([]);
  });
  it("is nothing where a slash is part of a word", () => {
    expect(shortcuts("and/or")).toEqual([]);
    expect(shortcuts("https://m")).toEqual([]);
    expect(shortcuts("/hello there")).toEqual([]);
  });
  it("goes by the caret", () => {
    expect(shortcuts("/mo, please", 3)).toEqual(["moment"]);
    expect(shortcuts("a\n/b", 4)).toEqual(["bye"]);
  });
});

test("a slash and a word alone are nothing for the visitor yet", () => {
  expect(onlySlash("/")).toBe(true);
  expect(onlySlash(" /hel")).toBe(true);
  expect(onlySlash("/hello there")).toBe(false);
  expect(onlySlash("Hi /he")).toBe(false);
});

describe("names", () => {
  it.each([
    ["Hi {{visitor}}, this is {{ agent }}.", "Anna Berg", "Hi Anna, this is Mira."],
    ["Hi {{visitor}}, this is {{agent}}.", undefined, "Hi, this is Mira."],
    ["Thank you, {{visitor}}. Bye!", " ", "Thank you. Bye!"],
    ["{{visitor}}, one moment.\n{{visitor}}?", null, "one moment.\n?"],
    ["{{visitor}}", "$& {{agent}}", "$&"],
    ["{{order}} stays", "Anna", "{{order}} stays"],
  ])("%s to %s", (text, visitor, expected) => expect(filled(text, { visitor, agent: "Mira Holm" })).toBe(expected));
});
