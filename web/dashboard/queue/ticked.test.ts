import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { ConversationSummary } from "@livesupport/shared/protocol.ts";
import { Ticked } from "./ticked.ts";

const row = (id: string) => ({ id }) as ConversationSummary;
const list = (ids: string) => [...ids].map(row);

test("ticks, unticks, and takes everything between two", () => {
  const ticked = new Ticked(signal(list("abcdef")));
  const ids = () => ticked.rows.value.map((one) => one.id).join("");
  ticked.toggle("e");
  ticked.toggle("a");
  expect(ids()).toBe("ae");
  ticked.through("c");
  expect(ids()).toBe("abce");
  ticked.toggle("b");
  expect(ids()).toBe("ace");
  ticked.all();
  expect(ids()).toBe("abcdef");
  ticked.clear();
  ticked.through("d");
  expect(ids()).toBe("d");
});

test("what leaves the list is no longer chosen", () => {
  const rows = signal(list("abc"));
  const ticked = new Ticked(rows);
  ticked.all();
  rows.value = list("cx");
  expect(ticked.rows.value.map((one) => one.id)).toEqual(["c"]);
});
