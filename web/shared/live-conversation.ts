import { signal, type ReadonlySignal } from "@preact/signals";
import { HubError } from "./hub.ts";
import type { Author, CatchUp, ConversationEvent, ConversationSnapshot, EntryPage, LiveEvent } from "./protocol.ts";
import { apply, type Reader } from "./reducer.ts";

export interface ConversationSource {
  /** Subscribes (where the server wants that) and fetches, in this order. Called for the first load and after each reconnect. */
  open(): Promise<ConversationSnapshot>;
  /** What happened after `rev`. */
  sync(rev: number): Promise<CatchUp>;
  /** Entries before `seq`, oldest first. */
  entries(before: number, limit: number): Promise<EntryPage>;
}

/** A person or the bot who is typing. Cleared after two missed renewals. */
const TypingClears = 6_000;
/** An acknowledged change whose event has not come by then was lost on the way: ask. */
const EventWithin = 1_500;
const RetryFirst = 500;
const RetryLongest = 15_000;

/**
 * One conversation on screen: its snapshot, kept true by events and healed by asking when one is missing.
 * Feed it every batch of the hub; call {@link connected} whenever the hub has connected.
 */
export class LiveConversation {
  readonly #snapshot = signal<ConversationSnapshot | null>(null);
  readonly #typing = signal<Author[]>([]);
  readonly #refused = signal<HubError | null>(null);
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Events that arrived while an answer was on its way. */
  #buffer: ConversationEvent[] | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #run = 0;
  #loadingOlder: Promise<void> | undefined;
  #awaited: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly reader: Reader,
    private readonly source: ConversationSource,
  ) {}

  /** Null until the first answer. */
  get snapshot(): ReadonlySignal<ConversationSnapshot | null> {
    return this.#snapshot;
  }

  /** Everybody but the reader who is typing right now. */
  get typing(): ReadonlySignal<Author[]> {
    return this.#typing;
  }

  /** Why it cannot be shown (not found, not allowed); null while all is well or merely slow. */
  get refused(): ReadonlySignal<HubError | null> {
    return this.#refused;
  }

  /** The hub has connected, for the first time or again: subscribe, fetch, then apply what came in between. */
  connected(): void {
    this.#fetch(async () => this.#replace(await this.source.open()));
  }

  /** Asks for whatever is missing. Harmless at any time. */
  resync(): void {
    const snapshot = this.#snapshot.peek();
    if (!snapshot) return this.connected();
    this.#fetch(async () => {
      const answer = await this.source.sync(snapshot.summary.rev);
      if (answer.snapshot) this.#replace(answer.snapshot);
      else this.#applyAll(answer.events ?? []);
    });
  }

  /** Somebody's command was acknowledged as `rev`: the event should follow at once; when it does not, ask. */
  expect(rev: number): void {
    clearTimeout(this.#awaited);
    this.#awaited = setTimeout(() => {
      if ((this.#snapshot.peek()?.summary.rev ?? 0) < rev) this.resync();
    }, EventWithin);
  }

  receive(batch: LiveEvent[]): void {
    for (const event of batch) {
      if (event.kind === "typing") {
        if (event.conversationId === this.id) this.#setTyping(event.by, event.isTyping);
      } else if (event.kind === "viewers") {
        const snapshot = this.#snapshot.peek();
        if (event.conversationId === this.id && snapshot) this.#snapshot.value = { ...snapshot, viewers: event.viewers };
      } else if (event.kind === "presence") {
        const snapshot = this.#snapshot.peek();
        if (snapshot?.summary.visitor.id === event.visitorId) {
          const visitor = { ...snapshot.summary.visitor, online: event.online };
          this.#snapshot.value = { ...snapshot, summary: { ...snapshot.summary, visitor } };
        }
      } else if ("conversationId" in event && event.conversationId === this.id && "rev" in event) this.#take(event);
    }
  }

  /** Fetches the page before the oldest entry. At most one at a time. */
  loadOlder(limit = 50): Promise<void> {
    const oldest = this.#snapshot.peek()?.entries[0];
    if (!oldest || !this.#snapshot.peek()!.hasMore) return Promise.resolve();
    return (this.#loadingOlder ??= this.source
      .entries(oldest.seq, limit)
      .then((page) => {
        const snapshot = this.#snapshot.peek()!;
        // A snapshot may have replaced the list meanwhile; the page is only right in front of the entry it was asked for.
        if (snapshot.entries[0]?.seq === oldest.seq)
          this.#snapshot.value = { ...snapshot, entries: [...page.entries, ...snapshot.entries], hasMore: page.hasMore };
      })
      .finally(() => (this.#loadingOlder = undefined)));
  }

  dispose(): void {
    this.#run++;
    clearTimeout(this.#retry);
    clearTimeout(this.#awaited);
    for (const timer of this.#typingTimers.values()) clearTimeout(timer);
  }

  #fetch(ask: () => Promise<void>): void {
    const run = ++this.#run;
    clearTimeout(this.#retry);
    this.#buffer ??= [];
    ask().then(
      () => {
        if (run !== this.#run) return;
        this.#refused.value = null;
        const buffered = this.#buffer ?? [];
        this.#buffer = undefined;
        this.#applyAll(buffered);
        // Still a hole: the answer came from somebody who is behind. Not at once again, then.
        if (this.#buffer) this.#askLater();
        else this.#attempt = 0;
      },
      (error: unknown) => {
        if (run !== this.#run) return;
        const code = error instanceof HubError ? error.code : "unavailable";
        // Offline: the hub comes back and calls connected(). Unavailable: ask again, ever more rarely.
        if (code === "unavailable" || code === "rate-limited") this.#askLater();
        else if (code !== "offline") this.#refused.value = error as HubError;
      },
    );
  }

  #askLater(): void {
    const delay = Math.random() * Math.min(RetryLongest, RetryFirst * 2 ** this.#attempt++);
    this.#retry = setTimeout(() => this.resync(), delay);
  }

  #take(event: ConversationEvent): void {
    if (this.#buffer) return void this.#buffer.push(event);
    this.#applyAll([event]);
    if (this.#buffer) this.resync();
  }

  /** Stops before a hole; from then on everything waits in the buffer until the missing part has been fetched. */
  #applyAll(events: ConversationEvent[]): void {
    let snapshot = this.#snapshot.peek();
    if (!snapshot) return;
    for (const [index, event] of events.entries()) {
      const next: ConversationSnapshot | "gap" = apply(snapshot, event, this.reader);
      if (next === "gap") {
        this.#snapshot.value = snapshot;
        // What waits already may follow this one: events of one conversation arrive in order.
        this.#buffer = [...events.slice(index), ...(this.#buffer ?? [])];
        return;
      }
      if (event.kind === "entry") this.#setTyping(event.entry.author, false);
      snapshot = next;
    }
    this.#snapshot.value = snapshot;
  }

  /** A fresh snapshot holds the newest page only; older entries that are on screen stay there. */
  #replace(fresh: ConversationSnapshot): void {
    const old = this.#snapshot.peek();
    if (old && old.summary.rev > fresh.summary.rev) return;
    const first = fresh.entries[0]?.seq ?? 0;
    const touches = old?.entries.some((entry) => entry.seq >= first);
    const older = old && touches ? old.entries.filter((entry) => entry.seq < first) : [];
    this.#snapshot.value = older.length
      ? { ...fresh, entries: [...older, ...fresh.entries], hasMore: old!.hasMore }
      : fresh;
  }

  #setTyping(by: Author, isTyping: boolean): void {
    if (by.type === this.reader.role && (by.type === "visitor" || by.id === this.reader.id)) return;
    const key = `${by.type}:${by.id ?? ""}`;
    const others = this.#typing.peek().filter((author) => `${author.type}:${author.id ?? ""}` !== key);
    clearTimeout(this.#typingTimers.get(key));
    if (isTyping) this.#typingTimers.set(key, setTimeout(() => this.#setTyping(by, false), TypingClears));
    if (isTyping || others.length !== this.#typing.peek().length) this.#typing.value = isTyping ? [...others, by] : others;
  }
}
