import { expect, it } from "vitest";
import { age, clock, day } from "./time.ts";

const local = (text: string) => new Date(text).toISOString();

it("shows the hour and minute", () => expect(clock(local("2026-03-02T09:05:00"))).toBe("09:05"));

it.each([
  ["2026-03-02T00:01:00", "Today"],
  ["2026-03-01T23:59:00", "Yesterday"],
])("calls %s %s", (at, name) => expect(day(local(at), new Date("2026-03-02T00:30:00"))).toBe(name));

it("names older days, with the year when it is another", () => {
  const now = new Date("2026-03-02T12:00:00");
  expect(day(local("2026-02-20T12:00:00"), now)).toMatch(/20/);
  expect(day(local("2025-02-20T12:00:00"), now)).toMatch(/2025/);
});

it.each([
  [-5_000, "now"],
  [59_000, "now"],
  [60_000, "1 m"],
  [59 * 60_000, "59 m"],
  [3 * 3_600_000, "3 h"],
  [50 * 3_600_000, "2 d"],
])("says how long ago %d ms are: %s", (ms, text) => expect(age(new Date(1e12 - ms).toISOString(), 1e12)).toBe(text));
