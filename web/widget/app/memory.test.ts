import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "@livesupport/shared/protocol.ts";
import { Memory } from "./memory.ts";
import { stubStorage } from "./memory.stub.ts";

const Hour = 60 * 60_000;
const photo: Attachment = { id: "a", name: "photo.png", contentType: "image/png", size: 3 };

beforeEach(() => {
  vi.useFakeTimers();
  stubStorage();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the files of a draft are there for the next page, until they are sent", () => {
  new Memory("shop").keepFiles([photo]);
  expect(new Memory("shop").files()).toEqual([photo]);
  expect(new Memory("other").files()).toEqual([]);
  new Memory("shop").keepFiles([]);
  expect(new Memory("shop").files()).toEqual([]);
});

test("a file that the server has deleted meanwhile is not offered, however often the page was loaded", () => {
  new Memory("shop").keepFiles([photo]);
  vi.advanceTimersByTime(23 * Hour);
  const reloaded = new Memory("shop");
  reloaded.keepFiles(reloaded.files());
  vi.advanceTimersByTime(2 * Hour);
  expect(new Memory("shop").files()).toEqual([]);
});

test("what is kept and cannot be read is forgotten", () => {
  const memory = new Memory("shop");
  memory.set("draft-files", "{");
  expect(memory.files()).toEqual([]);
});
