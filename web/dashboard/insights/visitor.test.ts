import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Visitor } from "@livesupport/shared/protocol.ts";
import { merged, VisitorWatch } from "./visitor.ts";

const visitor = { id: "v", email: "anna@example.com", integrations: { shopify: 1, zendesk: 2 } } as unknown as Visitor;

test("a card that comes leaves the others as they are", () => {
  expect(merged(visitor, { id: "v", integrations: { zendesk: 3 } }).integrations).toEqual({ shopify: 1, zendesk: 3 });
  expect(merged(visitor, { id: "v", email: "Anna@example.com" }).integrations).toEqual({ shopify: 1, zendesk: 2 });
});

test("cards of another address are not shown beside this one", () => {
  expect(merged(visitor, { id: "v", email: "dev@example.com" }).integrations).toEqual({});
  expect(merged(visitor, { id: "v", email: "dev@example.com", integrations: { shopify: 4 } }).integrations).toEqual({ shopify: 4 });
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { visibilityState: "visible" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const seen = (integrations: object, more: object = {}) => ({ ...visitor, ...more, integrations }) as unknown as Visitor;
const loading = { state: "loading" };
const fresh = { state: "fresh" };

function watched(id = "v") {
  const asked: ((visitor: Visitor) => void)[] = [];
  const shown: (Visitor | null)[] = [];
  const watch = new VisitorWatch(
    id,
    () => new Promise((answer) => asked.push(answer)),
    (now) => shown.push(now.visitor),
  );
  const answer = async (visitor: Visitor) => {
    asked.shift()!(visitor);
    await vi.advanceTimersByTimeAsync(0);
  };
  const tell = (news: object) => watch.hear({ kind: "visitor", visitor: { id, ...news } } as Parameters<VisitorWatch["hear"]>[0]);
  return { watch, asked, answer, tell, cards: () => shown.at(-1)?.integrations, shown };
}

test("a card that comes while the answer is on its way is not taken for loading", async () => {
  const { watch, answer, tell, cards } = watched();
  tell({ integrations: { shopify: fresh } });
  await answer(seen({ shopify: loading, zendesk: fresh }));
  expect(cards()).toEqual({ shopify: fresh, zendesk: fresh });
  watch.end();
});

test("a card whose event was missed is asked for again, ever more seldom, until it is there", async () => {
  const { watch, asked, answer, cards } = watched();
  await answer(seen({ shopify: loading }));
  await vi.advanceTimersByTimeAsync(1_999);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(1);
  await answer(seen({ shopify: loading }));
  await vi.advanceTimersByTimeAsync(3_999);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  await answer(seen({ shopify: fresh }));
  expect(cards()).toEqual({ shopify: fresh });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveLength(0);
  watch.end();
});

test("who goes by another address is asked for at once, and the cards of the old one are gone", async () => {
  const { watch, asked, answer, tell, cards } = watched();
  await answer(seen({ shopify: fresh }));
  tell({ email: "dev@example.com" });
  expect(cards()).toEqual({});
  expect(asked).toHaveLength(1);
  watch.end();
});

test("who is not looked at any more is neither asked for nor shown", async () => {
  const { watch, asked, answer, tell, shown } = watched();
  await answer(seen({ shopify: loading }));
  watch.end();
  tell({ name: "Dev" });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveLength(0);
  expect(shown).toHaveLength(1);
});
