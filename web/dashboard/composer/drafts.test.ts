import { beforeEach, expect, test, vi } from "vitest";
import { Drafts, putBack } from "./drafts.ts";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

test("each conversation keeps its own reply and note, also for a new page", () => {
  const drafts = new Drafts("me");
  drafts.keep("a", { tab: "note", reply: "Hi", note: "VIP" });
  drafts.keep("b", { tab: "reply", reply: "Other", note: "" });
  expect(new Drafts("me").of("a")).toEqual({ tab: "note", reply: "Hi", note: "VIP" });
  expect(new Drafts("me").of("b").reply).toBe("Other");
});

test("another agent on the same device does not see them", () => {
  new Drafts("me").keep("a", { tab: "reply", reply: "mine", note: "" });
  expect(new Drafts("you").of("a").reply).toBe("");
});

test("an empty draft leaves nothing behind", () => {
  const drafts = new Drafts("me");
  drafts.keep("a", { tab: "reply", reply: "x", note: "" });
  drafts.keep("a", { tab: "note", reply: "", note: "" });
  expect(drafts.of("a")).toEqual({ tab: "reply", reply: "", note: "" });
});

test("files alone are a draft too", () => {
  const file = { id: "f", name: "a.txt", contentType: "text/plain", size: 1 };
  const drafts = new Drafts("me");
  drafts.keep("a", { tab: "note", reply: "", note: "", files: { note: [file] } });
  expect(drafts.of("a").files).toEqual({ note: [file] });
});

test("a browser that refuses storage does not stop the writing", () => {
  vi.stubGlobal("localStorage", { getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("full"); } });
  const drafts = new Drafts("me");
  drafts.keep("a", { tab: "reply", reply: "x", note: "" });
  expect(drafts.of("a").reply).toBe("");
});

test("a returned message stands before what was written meanwhile, once", () => {
  expect(putBack("first", "")).toBe("first");
  expect(putBack("first", "second")).toBe("first\n\nsecond");
  expect(putBack("first", "first\n\nsecond")).toBe("first\n\nsecond");
});
