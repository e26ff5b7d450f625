import { call } from "../api.ts";

export type Provider = "shopify" | "calendly" | "zendesk" | "card";

/** A provider as the server shows it: secrets go in and never come out. */
export interface Integration {
  provider: Provider;
  connected: boolean;
  settings: Record<string, string>;
  hasSecret: boolean;
  lastSuccessAt?: string | null;
  lastError?: { code: string; detail: string; at: string } | null;
  quota?: { remaining: number; limit: number; resetsAt?: string | null } | null;
  /** Its way of signing in is about to go away at the provider's. */
  legacy?: boolean;
}

export interface Tested {
  ok: boolean;
  account?: string | null;
  error?: { code: string; detail: string } | null;
}

const path = (provider: Provider) => `/api/integrations/${provider}`;

export const integrations = {
  all: () => call<{ integrations: Integration[] }>("GET", "/api/integrations").then((answer) => answer.integrations),
  connect: (provider: Provider, settings: Record<string, string>) => call<Integration>("PUT", path(provider), settings),
  test: (provider: Provider) => call<Tested>("POST", `${path(provider)}/test`),
  disconnect: (provider: Provider) => call<void>("DELETE", path(provider)),
};

/** One line of a provider's form. */
export interface Line {
  name: string;
  label: string;
  hint?: string;
  /** Kept encrypted and never shown again. */
  secret?: boolean;
  optional?: boolean;
}

/** One way to sign in at a provider. */
export interface Way {
  auth?: string;
  label: string;
  legacy?: string;
  lines: Line[];
}

export interface Known {
  provider: Provider;
  name: string;
  shows: string;
  /** What the provider may tell us of at once, and by which secret we believe it. */
  webhook?: string;
  ways: Way[];
}

const webhookSecret: Line = {
  name: "webhookSecret",
  label: "Webhook signing key",
  hint: "Optional: with it we believe what the provider tells us. Empty keeps what is there",
  secret: true,
  optional: true,
};
const clientId: Line = { name: "clientId", label: "Client id" };
const clientSecret: Line = { name: "clientSecret", label: "Client secret", secret: true };
const shop: Line = { name: "shop", label: "Shop", hint: "such as my-shop.myshopify.com" };
const subdomain: Line = { name: "subdomain", label: "Subdomain", hint: "the name before .zendesk.com" };

export const known: Known[] = [
  {
    provider: "shopify",
    name: "Shopify",
    shows: "Orders with payment, delivery and items; lifetime value.",
    webhook: "orders/create, orders/updated and customers/update",
    ways: [
      {
        auth: "client-credentials",
        label: "App of your own",
        lines: [shop, clientId, clientSecret],
      },
      {
        auth: "admin-token",
        label: "Admin token",
        legacy: "Shopify makes no new tokens of this kind; those that exist go on working.",
        lines: [shop, { name: "token", label: "Admin API token", secret: true }, webhookSecret],
      },
    ],
  },
  {
    provider: "calendly",
    name: "Calendly",
    shows: "Meetings to come, past and cancelled, with their links.",
    webhook: "invitee.created and invitee.canceled",
    ways: [
      { auth: "token", label: "Personal token", lines: [{ name: "token", label: "Personal access token", secret: true }, webhookSecret] },
      {
        auth: "oauth",
        label: "OAuth",
        lines: [
          clientId,
          clientSecret,
          { name: "refreshToken", label: "Refresh token", hint: "It changes with each use; we keep the newest", secret: true },
          webhookSecret,
        ],
      },
    ],
  },
  {
    provider: "zendesk",
    name: "Zendesk",
    shows: "Open and earlier tickets with state and priority.",
    webhook: 'ticket changes, with {"requester": {"email": "…"}} as the body',
    ways: [
      { auth: "client-credentials", label: "OAuth client", lines: [subdomain, clientId, clientSecret, webhookSecret] },
      { auth: "oauth", label: "OAuth token", lines: [subdomain, { name: "token", label: "OAuth access token", secret: true }, webhookSecret] },
      {
        auth: "api-token",
        label: "API token",
        legacy: "Zendesk makes no new API tokens since 27 October 2026 and ends all of them on 30 April 2027. Change to an OAuth client.",
        lines: [subdomain, { name: "email", label: "The agent’s e-mail" }, { name: "token", label: "API token", secret: true }, webhookSecret],
      },
    ],
  },
  {
    provider: "card",
    name: "A card of your own",
    shows: "Whatever your own system answers about the customer, asked over a signed link.",
    ways: [
      {
        label: "Signed link",
        lines: [
          { name: "title", label: "Title" },
          { name: "url", label: "Address", hint: "https, with {email} or {id} where the customer belongs" },
          { name: "secret", label: "Signing secret", hint: "Your system checks the signature of each request with it", secret: true },
        ],
      },
    ],
  },
];

/** What is sent: what was typed; a secret that was left empty stays as it is. */
export function toSend(way: Way, typed: Record<string, string>): Record<string, string> {
  const settings: Record<string, string> = way.auth ? { auth: way.auth } : {};
  for (const line of way.lines) {
    const value = (typed[line.name] ?? "").trim();
    if (value || !line.secret) settings[line.name] = value;
  }
  return settings;
}

/** Secrets stay only where they were: another shop, address or app needs its own. */
export const isSameDoor = (way: Way, typed: Record<string, string>, saved: Record<string, string>): boolean =>
  way.lines
    .filter((line) => ["shop", "subdomain", "url", "clientId"].includes(line.name))
    .every((line) => (typed[line.name] ?? "").trim() === (saved[line.name] ?? ""));

/** The way that is in use, or the first. */
export const wayOf = (provider: Known, integration: Integration | undefined): Way =>
  provider.ways.find((way) => way.auth === integration?.settings["auth"]) ?? provider.ways[0]!;
