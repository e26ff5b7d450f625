import { expect, test } from "vitest";
import type { Visitor } from "@livesupport/shared/protocol.ts";
import { merged } from "./visitor.ts";

const visitor = { id: "v", email: "anna@example.com", integrations: { shopify: 1, zendesk: 2 } } as unknown as Visitor;

test("a card that comes leaves the others as they are", () => {
  expect(merged(visitor, { id: "v", integrations: { zendesk: 3 } }).integrations).toEqual({ shopify: 1, zendesk: 3 });
  expect(merged(visitor, { id: "v", email: "Anna@example.com" }).integrations).toEqual({ shopify: 1, zendesk: 2 });
});

test("cards of another address are not shown beside this one", () => {
  expect(merged(visitor, { id: "v", email: "dev@example.com" }).integrations).toEqual({});
  expect(merged(visitor, { id: "v", email: "dev@example.com", integrations: { shopify: 4 } }).integrations).toEqual({ shopify: 4 });
});
