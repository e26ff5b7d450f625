import { expect, test } from "vitest";
import { newSecret } from "./secret.ts";

test("a secret is 256 bits, another one each time, in letters that no configuration misreads", () => {
  const secrets = Array.from({ length: 200 }, newSecret);
  expect(new Set(secrets).size).toBe(200);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
