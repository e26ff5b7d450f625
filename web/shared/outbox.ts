import { signal, type ReadonlySignal } from "@preact/signals";
import { reason } from "./hub.ts";
import type { Entry, Posted } from "./protocol.ts";

/**
 * A message on its way.
 * - `waiting`: kept until it can be sent · `sending`: the answer is on its way
 * - `sent`: acknowledged; shown until its entry arrives · `failed`: refused for good, see `reason`
 */
export interface Outgoing<M> {
  /** The message's own id, which becomes the id of its entry: a second delivery is recognised by it. */
  id: string;
  /** Its conversation: order is kept within one lane. */
  lane: string;
  /** Place among the others. */
  order: number;
  /** When it was written, RFC 3339. */
  at: string;
  message: M;
  state: "waiting" | "sending" | "sent" | "failed";
  reason?: { code: string; sentence: string };
  /** The server takes no more for now, and has said for how long: a visitor's message would begin one conversation more than a day may have. */
  held?: boolean;
}

/** Where messages outlive the page. */
export interface OutboxStore<M> {
  all(): Promise<Outgoing<M>[]>;
  put(item: Outgoing<M>): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Answers that another attempt may change. Everything else is a refusal that a person must see. */
const Transient = new Set(["offline", "unavailable", "rate-limited", "token-expired", "not-signed-in"]);
const RetryFirst = 1_000;
const RetryLongest = 30_000;

/**
 * Keeps what was written until the server has acknowledged it: over reconnects and reloads, in order, one message
 * of a lane at a time. The client id makes a repeated delivery harmless, so two tabs may both try.
 */
export class Outbox<M, P extends Posted = Posted> {
  readonly #items = signal<Outgoing<M>[]>([]);
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #attempts = new Map<string, number>();
  /** What an earlier page left comes first: nothing is sent before it is known. */
  readonly #restored: Promise<void>;
  #lastOrder = 0;

  constructor(
    private readonly store: OutboxStore<M>,
    /** Delivers one message; called again with the same one after an error that may pass. */
    private readonly send: (message: M, lane: string) => Promise<P>,
    private readonly onSent: (item: Outgoing<M>, posted: P) => void = () => {},
  ) {
    this.#restored = this.#restore();
  }

  /** Oldest first. */
  get items(): ReadonlySignal<Outgoing<M>[]> {
    return this.#items;
  }

  add(lane: string, id: string, message: M): void {
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    const item: Outgoing<M> = { id, lane, order: this.#lastOrder, at: new Date().toISOString(), message, state: "waiting" };
    this.#items.value = [...this.#items.peek(), item];
    void this.store.put(item);
    void this.#run(lane);
  }

  /** The connection is there (again): takes up what another tab left, and sends. */
  async flush(): Promise<void> {
    await this.#restore();
    this.#attempts.clear();
    for (const lane of new Set(this.#items.peek().map((item) => item.lane))) void this.#run(lane);
  }

  /** Sends a refused message once more, now as the newest of its lane. */
  retry(id: string): void {
    const item = this.#find(id);
    if (item?.state !== "failed") return;
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    const { reason: _, ...rest } = item;
    const again: Outgoing<M> = { ...rest, order: this.#lastOrder, state: "waiting" };
    this.#items.value = [...this.#items.peek().filter((other) => other.id !== id), again];
    void this.store.put(again);
    void this.#run(item.lane);
  }

  /** Gives a message up. One that is being sent may have arrived already, so it stays. */
  cancel(id: string): void {
    const item = this.#find(id);
    if (!item || item.state === "sending" || item.state === "sent") return;
    this.#drop(id);
    void this.store.remove(id);
  }

  /** These entries stand in the transcript now: their messages have arrived, whatever became of the answers. */
  arrived(entries: readonly Pick<Entry, "id">[]): void {
    if (!this.#items.peek().length) return;
    const ids = new Set(entries.map((entry) => entry.id));
    for (const item of this.#items.peek())
      if (ids.has(item.id)) {
        this.#drop(item.id);
        if (item.state !== "sent") void this.store.remove(item.id);
      }
  }

  async #restore(): Promise<void> {
    const kept = (await this.store.all()).filter((item) => !this.#find(item.id));
    if (!kept.length) return;
    for (const item of kept) if (item.state !== "failed") item.state = "waiting";
    // In front, whatever the clock says: they were written before this page's own.
    this.#items.value = [...kept, ...this.#items.peek()];
    this.#lastOrder = Math.max(this.#lastOrder, kept.at(-1)!.order);
  }

  async #run(lane: string): Promise<void> {
    if (this.#busy.has(lane)) return;
    this.#busy.add(lane);
    clearTimeout(this.#timers.get(lane));
    await this.#restored;
    try {
      for (let item = this.#next(lane); item; item = this.#next(lane)) {
        this.#update(item.id, { state: "sending" });
        const posted = await this.send(item.message, lane);
        this.#attempts.delete(lane);
        this.#update(item.id, { state: "sent", at: posted.at });
        void this.store.remove(item.id);
        this.onSent(item, posted);
      }
    } catch (error) {
      this.#failed(lane, reason(error));
    } finally {
      this.#busy.delete(lane);
    }
    if (this.#next(lane) && !this.#attempts.has(lane)) void this.#run(lane);
  }

  #failed(lane: string, why: ReturnType<typeof reason>): void {
    const item = this.#items.peek().find((other) => other.lane === lane && other.state === "sending");
    if (!Transient.has(why.code)) {
      if (!item) return;
      this.#update(item.id, { state: "failed", reason: { code: why.code, sentence: why.sentence } });
      void this.store.put(this.#find(item.id)!);
      return;
    }
    const attempt = this.#attempts.get(lane) ?? 0;
    if (item) this.#update(item.id, { state: "waiting", held: why.code === "rate-limited" && why.retryAfter > 0 });
    this.#attempts.set(lane, attempt + 1);
    const delay = (0.5 + Math.random() / 2) * Math.min(RetryLongest, RetryFirst * 2 ** attempt);
    this.#timers.set(lane, setTimeout(() => void this.#run(lane), delay));
  }

  #next(lane: string): Outgoing<M> | undefined {
    return this.#items.peek().find((item) => item.lane === lane && item.state === "waiting");
  }

  #find(id: string): Outgoing<M> | undefined {
    return this.#items.peek().find((item) => item.id === id);
  }

  #update(id: string, change: Partial<Outgoing<M>>): void {
    this.#items.value = this.#items.peek().map((item) => (item.id === id ? { ...item, ...change } : item));
  }

  #drop(id: string): void {
    this.#items.value = this.#items.peek().filter((item) => item.id !== id);
  }
}

/** What the outbox still has to show below the transcript: nothing that stands in it already. */
export function echoes<M>(items: readonly Outgoing<M>[], entries: readonly Entry[], lane?: string): Outgoing<M>[] {
  const there = new Set(entries.map((entry) => entry.id));
  return items.filter((item) => (lane === undefined || item.lane === lane) && !there.has(item.id));
}
