import { expect, test } from "vitest";
import { duration, rate, share, size, span, sparkline } from "./numbers.ts";

test("numbers are as long as the eye compares", () => {
  expect([0, 0.01, 0.44, 12.3, 1_240, 18_300].map(rate)).toEqual(["0", "<0.1", "0.4", "12", "1.2 k", "18 k"]);
  expect([undefined, 0.00008, 0.0042, 0.18, 2.44].map(duration)).toEqual(["–", "0.08 ms", "4.2 ms", "180 ms", "2.4 s"]);
  expect([undefined, 812, 14_000_000, 1_320_000_000].map(size)).toEqual(["–", "812 B", "14 MB", "1.3 GB"]);
  expect(share(0.352)).toBe("35 %");
  expect([3, 190, 19_000, 1_100_000].map(span)).toEqual(["3 s", "3 min", "5 h", "12 d"]);
});

test("a line begins where its first value is and ends at the right edge", () => {
  expect(sparkline([0, 5, 10], 30, 10, 4)).toBe("10.0,10.0 20.0,5.0 30.0,0.0");
  expect(sparkline([0, 0], 30, 10, 4)).toBe("20.0,10.0 30.0,10.0");
  expect(sparkline([], 30, 10, 4)).toBe("");
});
