import { HubError } from "@livesupport/shared/hub.ts";
import type { Session, SessionRequest } from "@livesupport/shared/protocol.ts";
import type { PageNow } from "../messages.ts";
import { bounded } from "../page-now.ts";
import type { Memory } from "./memory.ts";

/** Renewed this long before its end, so that no connection begins with a token that dies on the way. */
const Margin = 60_000;
const TokenRefused = new Set(["token-invalid", "token-expired"]);
const AnswerWithin = 15_000;

/** Who the visitor is, over reloads; and a fresh access token whenever the hub wants one. */
export class Sessions {
  #current: Session | undefined;
  #expires = 0;
  #beginning: Promise<void> | undefined;
  userToken: string | undefined;
  locale: string | undefined;

  constructor(
    private readonly siteKey: string,
    private readonly memory: Memory,
    private readonly page: () => PageNow | undefined,
    private readonly begun: (session: Session) => void,
    /** The token with which the site vouches for the visitor was not accepted. */
    private readonly refused: (error: HubError) => void = () => {},
    /** Nobody knows this browser's visitor any more, who may have been erased: what follows is somebody else. */
    private readonly lost: () => void = () => {},
  ) {}

  async accessToken(renew: boolean): Promise<string> {
    // Whoever asks while a session begins waits for it: two at once would be two visitors.
    if (renew || !this.#current || Date.now() > this.#expires - Margin) {
      const begin = (this.#beginning ??= this.#begin());
      await begin.finally(() => {
        if (this.#beginning === begin) this.#beginning = undefined;
      });
    }
    return this.#current!.accessToken;
  }

  /** The newest token, which may have run out. */
  get known(): string | undefined {
    return this.#current?.accessToken;
  }

  forget(): void {
    this.#current = this.#beginning = undefined;
    this.userToken = undefined;
    this.memory.set("visitor", undefined);
  }

  /** The next connection begins as whoever `userToken` says. */
  become(userToken: string): void {
    this.userToken = userToken;
    this.#current = this.#beginning = undefined;
  }

  async #begin(): Promise<void> {
    const visitorToken = this.memory.get("visitor");
    const page = this.page();
    try {
      this.#current = await post({
        siteKey: this.siteKey,
        ...(visitorToken && { visitorToken }),
        ...(this.userToken && { userToken: this.userToken }),
        locale: this.locale ?? navigator.language,
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        ...(page && { page: bounded(page) }),
      });
    } catch (error) {
      if (!(error instanceof HubError) || !TokenRefused.has(error.code)) throw error;
      if (this.userToken) {
        // The site's token is wrong or too old: go on as who we were, and let the site know.
        this.userToken = undefined;
        this.refused(error);
      } else if (visitorToken) {
        this.memory.set("visitor", undefined);
        this.lost();
      } else throw error;
      return this.#begin();
    }
    this.#expires = Date.now() + this.#current.expiresInSeconds * 1000;
    this.memory.set("visitor", this.#current.visitorToken);
    this.begun(this.#current);
  }
}

async function post(request: SessionRequest): Promise<Session> {
  const response = await fetch("/api/widget/session", {
    method: "POST",
    headers: { "content-type": "application/json", "x-livesupport": "1" },
    body: JSON.stringify(request),
    credentials: "omit",
    signal: AbortSignal.timeout(AnswerWithin),
  }).catch(() => {
    throw new HubError("offline", "There is no connection right now.");
  });
  if (response.ok) return (await response.json()) as Session;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const retryAfter = Number(response.headers.get("retry-after") ?? 0) * 1000;
  throw new HubError(problem.code ?? "unavailable", problem.detail ?? "The chat is not available right now.", retryAfter || 0);
}
