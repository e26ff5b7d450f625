import { expect, test } from "vitest";
import { known, toSend, wayOf, type Integration } from "./integrations.ts";

const shopify = known.find((one) => one.provider === "shopify")!;

test("a secret that is left empty is not sent, and so stays", () => {
  expect(toSend(shopify.ways[0]!, { shop: " a.myshopify.com ", clientId: "id", clientSecret: "" })).toEqual({
    auth: "client-credentials",
    shop: "a.myshopify.com",
    clientId: "id",
  });
  expect(toSend(shopify.ways[1]!, { shop: "a.myshopify.com", token: "shpat_1" })).toMatchObject({ auth: "admin-token", token: "shpat_1" });
});

test("the way in use is the one that the form opens with", () => {
  const connected = { provider: "shopify", connected: true, hasSecret: true, settings: { auth: "admin-token" } } as Integration;
  expect(wayOf(shopify, connected).auth).toBe("admin-token");
  expect(wayOf(shopify, undefined).auth).toBe("client-credentials");
});

test("the way that a provider ends is dated, and not the first that is offered", () => {
  const zendesk = known.find((one) => one.provider === "zendesk")!;
  expect(zendesk.ways[0]!.legacy).toBeUndefined();
  expect(zendesk.ways.find((way) => way.auth === "api-token")!.legacy).toContain("30 April 2027");
});
