import { expect, test } from "vitest";
import { isShortcut } from "./keyboard.ts";

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => ({ altKey: true, ctrlKey: false, metaKey: false, key, ...more });

test.each([
  ["Windows, in a text", pressed("u"), true, false, true],
  ["AltGr on Windows", pressed("ą", { ctrlKey: true }), true, false, false],
  ["a Mac, outside of text", pressed("å"), false, true, true],
  ["a Mac, in a text: no letter", pressed("∆"), true, true, true],
  ["a Mac, in a text: the dots of an ü", pressed("Dead"), true, true, false],
  ["a Mac, in a text: a letter", pressed("ą"), true, true, false],
  ["a Mac, in a text, with Control", pressed("ą", { ctrlKey: true }), true, true, true],
  ["with Command", pressed("u", { metaKey: true }), true, true, false],
  ["without Alt", pressed("u", { altKey: false }), false, false, false],
])("Alt and a key on %s", (_, event, writing, mac, expected) => {
  expect(isShortcut(event, writing, mac)).toBe(expected);
});
