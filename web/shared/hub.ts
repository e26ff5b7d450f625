import { signal, type ReadonlySignal } from "@preact/signals";
import { spoken, type LiveEvent } from "./protocol.ts";

/** Why a call to the server failed: a stable code and a sentence for a person. `offline` = it may not have arrived. */
export class HubError extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    /** How long the server wants to be left alone, in ms. */
    readonly retryAfter = 0,
  ) {
    super(`${code}: ${sentence}`);
  }
}

/**
 * - `connecting`: the first attempt, or a further one, is under way
 * - `waiting`: not connected; another attempt follows by itself
 * - `closed`: stopped, by us or because the server said not to come back
 */
export type HubState = "connecting" | "connected" | "waiting" | "closed";

export interface HubOptions {
  /** Path or address of the hub; http(s) and ws(s) are both fine. */
  url: string;
  /** Asked before each attempt. `renew`: the attempt before failed, so the token may be the reason. */
  accessToken?: (renew: boolean) => Promise<string>;
  onEvents: (batch: LiveEvent[]) => void;
  /** After every connect, the first and each later one: the place to catch up. */
  onConnected?: () => void;
  /** The server ended it for good. */
  onRefused?: (code: string) => void;
}

type Methods<H> = { [K in keyof H]: (...args: never[]) => unknown };

const Separator = "\x1e";
const PingEvery = 10_000;
const DeadAfter = 25_000;
const HandshakeWithin = 10_000;
/** Longer than the server's own limit of a call, so that its answer wins. */
const AnswerWithin = 35_000;
const FirstDelay = 500;
const LongestDelay = 30_000;

const enum Kind {
  Invocation = 1,
  Completion = 3,
  Ping = 6,
  Close = 7,
}

interface Frame {
  type?: Kind;
  invocationId?: string;
  target?: string;
  arguments?: unknown[];
  result?: unknown;
  error?: string;
  allowReconnect?: boolean;
}

interface Pending {
  resolve: (value: never) => void;
  reject: (error: HubError) => void;
  timer: ReturnType<typeof setTimeout>;
}

/** A SignalR connection (JSON over one WebSocket, no negotiation) that comes back by itself, for ever. */
export class Hub<H extends Methods<H>> {
  readonly #state = signal<HubState>("closed");
  readonly #outdated = signal(false);
  readonly #pending = new Map<string, Pending>();
  #socket: WebSocket | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #handshake: ReturnType<typeof setTimeout> | undefined;
  #lastHeard = 0;
  #lastPing = 0;
  #connectedAt = 0;
  #attempt = 0;
  #run = 0;
  #nextId = 0;

  constructor(private readonly options: HubOptions) {}

  get state(): ReadonlySignal<HubState> {
    return this.#state;
  }

  /** The server is newer than this page: what it shows may be wrong until it is loaded anew. */
  get outdated(): ReadonlySignal<boolean> {
    return this.#outdated;
  }

  start(): void {
    if (this.#state.peek() !== "closed") return;
    globalThis.addEventListener?.("online", this.#hurry);
    globalThis.addEventListener?.("offline", this.#cut);
    globalThis.document?.addEventListener("visibilitychange", this.#hurry);
    this.#attempt = 0;
    void this.#connect();
  }

  stop(): void {
    globalThis.removeEventListener?.("online", this.#hurry);
    globalThis.removeEventListener?.("offline", this.#cut);
    globalThis.document?.removeEventListener("visibilitychange", this.#hurry);
    this.#end();
    this.#state.value = "closed";
  }

  /** Calls the server. Fails with {@link HubError}; at once and with `offline` when there is no connection. */
  invoke<K extends keyof H & string>(method: K, ...args: Parameters<H[K]>): Promise<ReturnType<H[K]>> {
    if (this.#state.peek() !== "connected") return Promise.reject(offline());
    const invocationId = String(++this.#nextId);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(invocationId);
        reject(new HubError("unavailable", "The server did not answer in time."));
      }, AnswerWithin);
      this.#pending.set(invocationId, { resolve, reject, timer });
      this.#send({ type: Kind.Invocation, invocationId, target: method, arguments: args });
    });
  }

  async #connect(): Promise<void> {
    const run = ++this.#run;
    this.#state.value = "connecting";
    let url = new URL(this.options.url, globalThis.location?.href).href.replace(/^http/, "ws");
    try {
      const token = await this.options.accessToken?.(this.#attempt > 0);
      if (token) url += `?access_token=${encodeURIComponent(token)}`;
    } catch (error) {
      if (run === this.#run) this.#lost(undefined, error instanceof HubError ? error.retryAfter : 0);
      return;
    }
    // Stopped, or started anew, while the token was on its way.
    if (run !== this.#run) return;

    const socket = (this.#socket = new WebSocket(url));
    let handshaken = false;
    this.#handshake = setTimeout(() => this.#lost(), HandshakeWithin);
    socket.onopen = () => this.#send({ protocol: "json", version: 1 });
    socket.onclose = () => this.#lost();
    socket.onmessage = ({ data }) => {
      this.#lastHeard = Date.now();
      for (const text of String(data).split(Separator)) {
        if (!text || this.#socket !== socket) continue;
        const frame = JSON.parse(text) as Frame;
        if (handshaken) this.#receive(frame);
        else if (frame.error) this.#lost();
        else {
          handshaken = true;
          this.#opened();
        }
      }
    };
  }

  #opened(): void {
    clearTimeout(this.#handshake);
    this.#connectedAt = Date.now();
    this.#heartbeat = setInterval(() => {
      if (Date.now() - this.#lastHeard > DeadAfter) this.#lost();
      else this.#ping();
    }, PingEvery / 2);
    this.#state.value = "connected";
    this.options.onConnected?.();
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case Kind.Invocation:
        if (frame.target === "events") this.#deliver(frame.arguments?.[0] as LiveEvent[]);
        break;
      case Kind.Completion: {
        const pending = this.#pending.get(frame.invocationId!);
        if (!pending) break;
        this.#pending.delete(frame.invocationId!);
        clearTimeout(pending.timer);
        if (frame.error !== undefined) pending.reject(parseError(frame.error));
        else pending.resolve(frame.result as never);
        break;
      }
      case Kind.Ping:
        // A hidden page's timers may run once a minute, its messages still arrive: answer the server's heartbeat too.
        this.#ping();
        break;
      case Kind.Close:
        this.#lost();
        break;
    }
  }

  #deliver(batch: LiveEvent[]): void {
    this.options.onEvents(batch);
    for (const event of batch) if (event.kind === "hello") this.#outdated.value = event.protocol > spoken;
    const bye = batch.find((event) => event.kind === "bye");
    if (!bye || bye.kind !== "bye") return;
    // A server that shuts down has spread its clients over a moment itself.
    if (bye.reconnect) return this.#lost(bye.afterMs);
    this.stop();
    this.options.onRefused?.(bye.code);
  }

  #ping(): void {
    if (Date.now() - this.#lastPing < PingEvery * 0.9) return;
    this.#lastPing = Date.now();
    this.#send({ type: Kind.Ping });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message) + Separator);
  }

  #lost(comeBackAfter?: number, notBefore = 0): void {
    const wasGood = this.#state.peek() === "connected" && Date.now() - this.#connectedAt > PingEvery;
    this.#end();
    if (wasGood) this.#attempt = 0;
    // Full jitter: after an outage a thousand browsers must not come back in the same moment.
    const delay = comeBackAfter ?? notBefore + Math.random() * Math.min(LongestDelay, FirstDelay * 2 ** this.#attempt++);
    this.#retry = setTimeout(() => void this.#connect(), delay);
    this.#state.value = "waiting";
  }

  /** Lets go of the socket without waiting for its close handshake, which a dead network never finishes. */
  #end(): void {
    this.#run++;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#handshake);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of pending) {
      clearTimeout(call.timer);
      call.reject(offline());
    }
  }

  /** The machine says that it has no network: no need to wait for the silence. */
  readonly #cut = () => {
    if (this.#state.peek() === "connected") this.#lost();
  };

  readonly #hurry = () => {
    if (this.#state.peek() !== "waiting" || globalThis.document?.visibilityState === "hidden") return;
    clearTimeout(this.#retry);
    void this.#connect();
  };
}

const offline = () => new HubError("offline", "There is no connection right now.");

const Units: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000 };

/**
 * SignalR wraps the message of a `HubException`; ours is `code: sentence`. Anything else is broken machinery. A frame
 * has no header for how long to wait: where that is more than a moment, the sentence ends with it.
 */
export function parseError(message: string): HubError {
  const [, code, sentence] = /(?:^|HubException: )([a-z][a-z-]*): ([\s\S]+)$/.exec(message) ?? [];
  const [, count, unit] = / in (\d+) (second|minute|hour)s?\.$/.exec(sentence ?? "") ?? [];
  return code && sentence
    ? new HubError(code, sentence, unit ? Number(count) * Units[unit]! : 0)
    : new HubError("unavailable", "That did not work just now. Please try again.");
}

/** What the page says in its own language, by code. Where it has nothing, the server's English sentence stands. */
export const sentences = signal<Readonly<Record<string, string>>>({});

/** What to tell a person about any error. */
export function reason(error: unknown): { code: string; sentence: string; retryAfter: number } {
  const { code, sentence, retryAfter } = error instanceof HubError ? error : parseError("");
  return { code, sentence: sentences.peek()[code] ?? sentence, retryAfter };
}
