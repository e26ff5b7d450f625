import { expect, test } from "vitest";
import { readPlace, writePlace, type Place } from "./place.ts";

test.each<Place>([
  { at: "queue" },
  { at: "conversation", id: "0198-ab" },
  { at: "conversation", id: "a/b", seq: 12 },
  { at: "settings", section: "articles" },
  { at: "operations" },
  { at: "operations", conversation: "0198-ab" },
])("the address says where we are, and back (%#)", (place) => {
  expect(readPlace(writePlace(place))).toEqual(place);
});

test("an address that says nothing is the queue", () => {
  expect(readPlace("#/nowhere")).toEqual({ at: "queue" });
  expect(readPlace("#/c/")).toEqual({ at: "queue" });
  expect(readPlace("#/c/x/not-a-number")).toEqual({ at: "conversation", id: "x" });
});
