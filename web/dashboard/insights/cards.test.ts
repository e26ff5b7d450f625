import { expect, test } from "vitest";
import { ageOf, besideStateOf, cardsOf, itemsOf, missingIn, moneyOf, picturesOf, reasonOf, stateOf, toneOf, wordsOf, type Card, type Order } from "./cards.ts";

const at = "2026-11-22T12:12:00Z";
const card = (change: Partial<Card<object>>): Card<object> => ({ state: "fresh", verified: true, ...change });
const order = (change: Partial<Order>): Order => ({
  id: "1", name: "#1", createdAt: at, total: { amount: "64.00", currency: "EUR" }, items: [], ...change,
});

test("a card tells its age, and that the provider is away", () => {
  expect(ageOf(card({ at }), Date.parse(at) + 60_000)).toBe("1 min ago");
  expect(ageOf(card({ at, state: "stale", error: { code: "unavailable", detail: "No." } }))).toMatch(/^unavailable, showing data from \d\d:\d\d$/);
  expect(ageOf(card({}))).toBe("");
});

test("an empty card says why", () => {
  expect(reasonOf(card({ state: "no-email" }), "Orders")).toContain("e-mail");
  expect(reasonOf(card({ state: "not-found" }), "Orders")).toContain("No customer found");
  expect(reasonOf(card({ state: "error", error: { code: "unavailable", detail: "Shopify did not answer." } }), "Orders")).toBe("Shopify did not answer.");
  expect(reasonOf(card({ state: "stale", data: {}, error: { code: "unavailable", detail: "x" } }), "Orders")).toBeNull();
});

test("a sign-in that is not accepted any more is said beside what is still shown", () => {
  const revoked = card({ state: "stale", data: {}, error: { code: "token-invalid", detail: "Change it under Settings." } });
  expect(reasonOf(revoked, "Orders")).toBe("Change it under Settings.");
});

test("what is not connected is named", () => {
  expect(missingIn({ shopify: card({}) as never })).toEqual(["Calendly", "Zendesk"]);
});

test("money is written as people write it, whatever comes", () => {
  expect(moneyOf({ amount: "64.00", currency: "EUR" })).toBe("€64.00");
  expect(moneyOf({ amount: "811.60", currency: "EUR" }, true)).toBe("€812");
  expect(moneyOf({ amount: "12", currency: "nonsense" })).toBe("12 nonsense");
  expect(moneyOf({ amount: "many", currency: "EUR" })).toBe("many EUR");
});

test("an order shows the parcel, unless the money is the matter", () => {
  expect(stateOf(order({ payment: "PAID", fulfillment: "FULFILLED" }))).toBe("FULFILLED");
  expect(stateOf(order({ payment: "REFUNDED", fulfillment: "FULFILLED" }))).toBe("REFUNDED");
  expect(stateOf(order({ payment: "paid" }))).toBe("paid");
  expect(stateOf(order({}))).toBeNull();
});

test("both states of an order are there, whichever comes first", () => {
  expect(besideStateOf(order({ payment: "PAID", fulfillment: "FULFILLED" }))).toBe("PAID");
  expect(besideStateOf(order({ payment: "REFUNDED", fulfillment: "FULFILLED" }))).toBe("FULFILLED");
  expect(besideStateOf(order({ payment: "paid" }))).toBeNull();
  expect(besideStateOf(order({}))).toBeNull();
});

test("states become words and colours", () => {
  expect(wordsOf("PARTIALLY_FULFILLED")).toBe("Partially fulfilled");
  expect(toneOf("FULFILLED")).toBe("good");
  expect(toneOf("whatever comes")).toBe("plain");
});

test("items are counted after the first", () => {
  expect(itemsOf(order({ items: [{ title: "Linen shirt S", quantity: 1 }, { title: "Belt", quantity: 2 }] }))).toBe("Linen shirt S + 1 more");
  expect(itemsOf(order({}))).toBe("");
});

test("an order shows its first pictures and says how many items are left", () => {
  const item = (n: number, imageUrl: string | null = `https://shop.example/${n}.png`) => ({ title: `Item ${n}`, quantity: 1, imageUrl });
  expect(picturesOf(order({ items: [item(1), item(2)] }))).toEqual({
    shown: [{ url: "https://shop.example/1.png", title: "Item 1" }, { url: "https://shop.example/2.png", title: "Item 2" }], more: 0,
  });
  const many = picturesOf(order({ items: [item(1), item(2, null), item(3, "javascript:alert(1)"), item(4), item(5), item(6), item(7)] }));
  expect(many.shown.map((picture) => picture.title)).toEqual(["Item 1", "Item 4", "Item 5", "Item 6"]);
  expect(many.more).toBe(3);
  expect(picturesOf(order({ items: [item(1, null)] }))).toEqual({ shown: [], more: 0 });
});

test("a visitor without integrations has no cards", () => {
  expect(cardsOf({ integrations: {} } as never).shopify).toBeUndefined();
});
