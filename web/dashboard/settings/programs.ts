import { call } from "../api.ts";

// What administrators do about programs: API keys and webhooks.

export interface ApiKey {
  id: string;
  name: string;
  /** The beginning of the key. */
  prefix: string;
  scopes: string[];
  perMinute: number;
  createdAt: string;
  createdBy: { id: string; name: string };
  lastUsedAt?: string;
  revokedAt?: string;
}

export interface NewApiKey {
  name: string;
  scopes: string[];
  perMinute: number;
}

export interface Endpoint {
  id: string;
  url: string;
  events: string[];
  description?: string;
  paused: boolean;
  createdAt: string;
}

export interface Delivery {
  eventId: string;
  type: string;
  conversationId?: string;
  at: string;
  attempt: number;
  accepted: boolean;
  status?: number;
  milliseconds: number;
  error?: string;
  response?: string;
}

export interface DeadLetter {
  eventId: string;
  type: string;
  conversationId: string;
  at: string;
  givenUpAt: string;
  attempts: number;
  error: string;
}

export interface Webhook {
  endpoint: Endpoint;
  health: "ok" | "failing" | "paused" | "suspended";
  reason?: string;
  failingSince?: string;
  nextTryAt?: string;
  waiting: number;
  delivered: number;
  givenUp: number;
  recent?: Delivery[];
  deadLetters?: DeadLetter[];
}

export type EndpointForm = Pick<Endpoint, "url" | "events" | "paused"> & { description: string };

/** By what they are about: what a key may do. */
export const scopes: [string, string][] = [
  ["conversations:read", "Read conversations and their messages, notes too"],
  ["conversations:write", "Write messages and notes, assign, snooze, solve"],
  ["visitors:read", "Read visitors, their names and e-mail addresses"],
  ["visitors:write", "Create, change and erase visitors"],
  ["agents:read", "Read the team"],
  ["knowledge:read", "Read help articles"],
  ["knowledge:write", "Write help articles"],
  ["webhooks:manage", "Manage webhooks"],
];

/** What a webhook can be told. */
export const events: [string, string][] = [
  ["conversation.created", "A conversation begins"],
  ["conversation.handed-over", "The bot hands over, or the visitor asks for a person"],
  ["conversation.assigned", "An agent joins, takes over or is assigned"],
  ["conversation.unassigned", "Nobody has it any more"],
  ["conversation.handed-to-bot", "An agent hands it to the bot"],
  ["conversation.snoozed", "It is snoozed"],
  ["conversation.woke", "A snooze ends"],
  ["conversation.solved", "It is solved, or the visitor ends it"],
  ["conversation.reopened", "It goes on"],
  ["conversation.rated", "The visitor rates it"],
  ["conversation.erased", "Its person was erased: delete what you hold of it"],
  ["message.created", "Somebody writes a message"],
  ["note.created", "An agent leaves a note (not for visitors’ eyes)"],
];

const at = (id: string): string => encodeURIComponent(id);

export const programs = {
  keys: () => call<ApiKey[]>("GET", "/api/api-keys"),
  makeKey: (key: NewApiKey) => call<{ token: string; key: ApiKey }>("POST", "/api/api-keys", key),
  revokeKey: (id: string) => call<void>("DELETE", `/api/api-keys/${at(id)}`),
  webhooks: () => call<Webhook[]>("GET", "/api/webhooks"),
  webhook: (id: string) => call<Webhook>("GET", `/api/webhooks/${at(id)}`),
  makeWebhook: (form: EndpointForm) => call<{ endpoint: Endpoint; secret: string }>("POST", "/api/webhooks", form),
  changeWebhook: (id: string, form: EndpointForm) => call<Endpoint>("PUT", `/api/webhooks/${at(id)}`, form),
  removeWebhook: (id: string) => call<void>("DELETE", `/api/webhooks/${at(id)}`),
  newSecret: (id: string) => call<{ secret: string }>("POST", `/api/webhooks/${at(id)}/secret`),
  test: (id: string) => call<Delivery>("POST", `/api/webhooks/${at(id)}/test`),
  resume: (id: string) => call<void>("POST", `/api/webhooks/${at(id)}/resume`),
  /** All given-up events when none is named. */
  replay: (id: string, eventIds?: string[]) => call<{ count: number }>("POST", `/api/webhooks/${at(id)}/replay`, eventIds ? { eventIds } : {}),
  discard: (id: string, eventIds?: string[]) => call<{ count: number }>("POST", `/api/webhooks/${at(id)}/discard`, eventIds ? { eventIds } : {}),
};
