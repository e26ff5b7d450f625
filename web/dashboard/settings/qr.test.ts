import { expect, test } from "vitest";
import { qrPath } from "./qr.ts";

test("draws the three corners within a quiet zone", () => {
  const { path, size } = qrPath("otpauth://totp/LiveSupport:mira%40example.com?secret=ABC");
  expect((size - 8 - 17) % 4).toBe(0);
  for (const [x, y] of [[4, 4], [size - 5, 4], [4, size - 5]]) expect(path).toContain(`M${x} ${y}h1v1h-1z`);
  const places = [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  expect(places.every(([x, y]) => x >= 4 && y >= 4 && x < size - 4 && y < size - 4)).toBe(true);
});
