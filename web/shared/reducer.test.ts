import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { AuthorType, ConversationEvent, ConversationSnapshot } from "./protocol.ts";
import { apply } from "./reducer.ts";

interface Fixture {
  name: string;
  reader: AuthorType;
  readerId: string;
  before: ConversationSnapshot;
  events: ConversationEvent[];
  after: ConversationSnapshot;
}

const fixtures = (name: string): Fixture[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")) as Fixture[];

/** An absent value may be null or not there at all. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, v: unknown) => v ?? undefined));

describe.each(["by-hand", "random"])("%s stories, told by the server", (file) => {
  test.each(fixtures(file).map((f) => [`${f.name}, as the ${f.reader} sees it`, f] as const))("%s", (_, fixture) => {
    const reader = { role: fixture.reader, id: fixture.readerId };
    const after = fixture.events.reduce<ConversationSnapshot>((snapshot, event) => {
      const next = apply(snapshot, event, reader);
      if (next === "gap") throw new Error(`gap before ${event.rev}`);
      return next;
    }, fixture.before);
    expect(plain(after)).toEqual(plain(fixture.after));
  });
});

test("what is in it already changes nothing, and what is missing is told", () => {
  const { before, events, readerId } = fixtures("by-hand")[0]!;
  const reader = { role: "agent" as const, id: readerId };
  expect(apply(before, { ...events[0]!, rev: before.summary.rev }, reader)).toBe(before);
  expect(apply(before, { ...events[0]!, rev: before.summary.rev + 2 }, reader)).toBe("gap");
});
