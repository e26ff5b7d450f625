import type { Agent, EntryPage, Role, SearchResult, Visitor } from "@livesupport/shared/protocol.ts";

/** What an administrator sets for the workspace. */
export interface Settings {
  name: string;
  teamName: string;
  greeting: string;
  /** `#rrggbb` */
  color: string;
  allowedOrigins: string[];
  siteKeys: string[];
  botEnabled: boolean;
  botName: string;
  hasIdentitySecret: boolean;
  identityKeys: IdentityKey[];
  /** Only whom the site vouches for may chat. */
  requireIdentity: boolean;
}

/** What is sent to change them: a secret that is left out stays, an empty one takes it away. */
export type SettingsChange = Partial<Settings & { identitySecret: string }>;

/** A public key with which the site vouches for its users. */
export interface IdentityKey {
  id: string;
  pem: string;
}

export interface Article {
  id: string;
  title: string;
  markdown: string;
  url?: string | null;
}

/** A text that the team keeps for its messages. */
export interface SavedReply {
  id: string;
  /** What is typed after the slash. */
  shortcut: string;
  /** `{{visitor}}` and `{{agent}}` stand for first names. */
  text: string;
}

export interface NewAgent {
  name: string;
  email: string;
  password: string;
  role: Role;
}

export interface TotpState {
  enabled: boolean;
  /** How many are left. */
  recoveryCodes: number;
}

/** The receipt of an erased person. */
export interface Erasure {
  visitorId: string;
  at: string;
  conversations: number;
  entries: number;
  attachments: number;
  /** Providers of which something was kept. */
  caches: string[];
}

/** A refused call: a stable code and a sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    sentence: string,
    readonly status: number,
  ) {
    super(sentence);
  }
}

const unreachable = "The server cannot be reached. Check your connection and try again.";

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = method === "GET" ? {} : { "X-LiveSupport": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  } catch {
    throw new ApiError("unavailable", unreachable, 0);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    const sentence = problem.detail ?? (response.status >= 500 ? "The server failed. Try again in a moment." : `The server refused (${response.status}).`);
    throw new ApiError(problem.code ?? "unavailable", sentence, response.status);
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const at = (id: string): string => encodeURIComponent(id);

export const api = {
  me: () => call<Agent>("GET", "/api/me"),
  setUp: (person: { code: string; name: string; email: string; password: string }) => call<void>("POST", "/api/setup", person),
  signIn: (person: { email: string; password: string; totp?: string }) => call<void>("POST", "/api/auth/login", person),
  signOut: () => call<void>("POST", "/api/auth/logout"),
  saveName: (name: string) => call<void>("PUT", "/api/me", { name }),
  changePassword: (current: string, next: string) => call<void>("POST", "/api/me/password", { current, next }),
  totp: () => call<TotpState>("GET", "/api/me/totp"),
  beginTotp: () => call<{ secret: string; uri: string }>("POST", "/api/me/totp"),
  confirmTotp: (code: string) => call<{ codes: string[] }>("POST", "/api/me/totp/confirm", { code }).then(({ codes }) => codes),
  switchTotpOff: (password: string, code: string) => call<void>("DELETE", "/api/me/totp", { password, code }),
  setPassword: (id: string, password: string) => call<void>("POST", `/api/agents/${at(id)}/password`, { password }),
  resetTotp: (id: string) => call<void>("POST", `/api/agents/${at(id)}/totp/reset`),
  deactivate: (id: string) => call<void>("POST", `/api/agents/${at(id)}/deactivate`),
  reactivate: (id: string) => call<void>("POST", `/api/agents/${at(id)}/reactivate`),
  agents: () => call<Agent[]>("GET", "/api/agents"),
  addAgent: (agent: NewAgent) => call<{ id: string }>("POST", "/api/agents", agent),
  entries: (id: string, before: number, limit: number) =>
    call<EntryPage>("GET", `/api/conversations/${at(id)}/entries?before=${before}&limit=${limit}`),
  search: (text: string, limit: number) => call<SearchResult>("GET", `/api/search?q=${at(text)}&limit=${limit}`),
  erase: (visitorId: string) => call<Erasure>("DELETE", `/api/visitors/${at(visitorId)}`),
  visitor: (id: string) => call<Visitor>("GET", `/api/visitors/${at(id)}`),
  settings: () => call<Settings>("GET", "/api/settings"),
  saveSettings: (settings: Settings & SettingsChange) => call<Settings>("PUT", "/api/settings", settings),
  articles: () => call<{ articles: Article[] }>("GET", "/api/articles").then((knowledge) => knowledge.articles),
  saveArticle: ({ id, ...text }: Article) => call<void>("PUT", `/api/articles/${at(id)}`, text),
  removeArticle: (id: string) => call<void>("DELETE", `/api/articles/${at(id)}`),
  savedReplies: () => call<SavedReply[]>("GET", "/api/saved-replies"),
  saveReply: ({ id, ...reply }: SavedReply) => call<void>("PUT", `/api/saved-replies/${at(id)}`, reply),
  removeReply: (id: string) => call<void>("DELETE", `/api/saved-replies/${at(id)}`),
};

export type Api = typeof api;
