import { expect, test } from "vitest";
import { inkOn } from "./ink.ts";

test("letters on the site's colour stay readable", () => {
  expect(inkOn("#2563eb")).toBe("#fff");
  expect(inkOn("#ffd400")).toBe("#000");
  expect(inkOn("#000000")).toBe("#fff");
});
