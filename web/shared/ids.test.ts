import { expect, it } from "vitest";
import { newId } from "./ids.ts";

it("makes version 7 ids", () => expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));
it("begins with the time", () => expect(newId(0x0192_3456_789a)).toMatch(/^01923456-789a-7/));
it("never makes one twice", () => expect(new Set(Array.from({ length: 10_000 }, () => newId(1))).size).toBe(10_000));
