import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import fixtures from "./fixtures/by-hand.json";
import { HubError } from "./hub.ts";
import { LiveConversation } from "./live-conversation.ts";
import type { CatchUp, ConversationEvent, ConversationSnapshot, Entry } from "./protocol.ts";

/** A server with a log of entries, one per revision; its answers leave when the test says so. */
class Server {
  entries: Entry[] = [];
  syncs: number[] = [];
  fail: HubError | undefined;
  #gates: (() => void)[] = [];

  constructor(count: number) {
    this.grow(count);
  }
  grow(count: number): ConversationEvent[] {
    return Array.from({ length: count }, () => {
      const seq = this.entries.length + 1;
      const entry: Entry = { seq, rev: seq, id: `m${seq}`, kind: "text", author: { type: "agent", id: "a1" }, text: String(seq), at: "2026-03-02T09:00:00Z" };
      this.entries.push(entry);
      return { kind: "entry", conversationId: "c1", rev: seq, entry };
    });
  }
  snapshot(page = 100): ConversationSnapshot {
    const base = fixtures[0]!.before as unknown as ConversationSnapshot;
    const count = this.entries.length;
    return { ...base, summary: { ...base.summary, rev: count, seq: count }, entries: this.entries.slice(-page), hasMore: count > page };
  }
  events(rev: number): ConversationEvent[] {
    return this.entries.slice(rev).map((entry) => ({ kind: "entry", conversationId: "c1", rev: entry.rev, entry }));
  }
  async #gate<T>(answer: () => T): Promise<T> {
    const value = answer();
    await new Promise<void>((resolve) => this.#gates.push(resolve));
    if (this.fail) throw this.fail;
    return value;
  }
  async release() {
    for (const open of this.#gates.splice(0)) open();
    await vi.advanceTimersByTimeAsync(0);
  }
  conversation(page = 100) {
    return new LiveConversation("c1", { role: "visitor", id: "v1" }, {
      open: () => this.#gate(() => this.snapshot(page)),
      sync: (rev) => {
        this.syncs.push(rev);
        return this.#gate((): CatchUp => ({ events: this.events(rev) }));
      },
      entries: (before, limit) =>
        this.#gate(() => {
          const older = this.entries.filter((entry) => entry.seq < before);
          return { entries: older.slice(-limit), hasMore: older.length > limit };
        }),
    });
  }
}

const texts = (conversation: LiveConversation) => conversation.snapshot.value?.entries.map((entry) => Number(entry.text));
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a live conversation", () => {
  it("applies what came while the snapshot was on its way", async () => {
    const server = new Server(2);
    const it = server.conversation();
    it.connected();
    it.receive(server.grow(2));
    expect(it.snapshot.value).toBeNull();
    await server.release();
    expect(texts(it)).toEqual([1, 2, 3, 4]);
    expect(server.syncs).toEqual([]);
  });

  it("asks when an event is missing, and shows everything once and in order", async () => {
    const server = new Server(1);
    const it = server.conversation();
    it.connected();
    await server.release();
    const [, third] = server.grow(2);
    it.receive([third!]);
    expect(texts(it)).toEqual([1]);
    it.receive(server.grow(1));
    await server.release();
    expect(texts(it)).toEqual([1, 2, 3, 4]);
    expect(server.syncs).toEqual([1]);
  });

  it("does not storm a server that is behind", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const server = new Server(1);
    const it = server.conversation();
    it.connected();
    await server.release();
    const ahead = server.grow(2)[1]!;
    server.entries.length = 1;
    it.receive([ahead]);
    for (let i = 0; i < 5; i++) await server.release();
    expect(server.syncs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(server.syncs).toHaveLength(2);
    server.grow(2);
    await server.release();
    await vi.advanceTimersByTimeAsync(1_000);
    await server.release();
    expect(texts(it)).toEqual([1, 2, 3]);
  });

  it("ignores what it knows, and other conversations", async () => {
    const server = new Server(3);
    const it = server.conversation();
    it.connected();
    await server.release();
    it.receive([...server.events(0), { kind: "hidden", conversationId: "other", rev: 4 }]);
    expect(texts(it)).toEqual([1, 2, 3]);
    expect(it.snapshot.value!.summary.rev).toBe(3);
  });

  it("keeps the older entries on screen over a reconnect", async () => {
    const server = new Server(30);
    const it = server.conversation(10);
    it.connected();
    await server.release();
    void it.loadOlder(10);
    await server.release();
    expect(texts(it)).toEqual(upTo(30, 11));
    server.grow(5);
    it.connected();
    await server.release();
    expect(texts(it)).toEqual(upTo(35, 11));
    expect(it.snapshot.value!.hasMore).toBe(true);
  });

  it("starts afresh rather than show a hole", async () => {
    const server = new Server(10);
    const it = server.conversation(10);
    it.connected();
    await server.release();
    server.grow(50);
    it.connected();
    await server.release();
    expect(texts(it)).toEqual(upTo(60, 51));
  });

  it("asks for one older page at a time", async () => {
    const server = new Server(30);
    const it = server.conversation(10);
    it.connected();
    await server.release();
    void it.loadOlder(10);
    void it.loadOlder(10);
    await server.release();
    expect(texts(it)).toEqual(upTo(30, 11));
  });

  it("asks for an acknowledged change whose event was lost", async () => {
    const server = new Server(1);
    const it = server.conversation();
    it.connected();
    await server.release();
    server.grow(1);
    it.expect(2);
    await vi.advanceTimersByTimeAsync(1_500);
    await server.release();
    expect(texts(it)).toEqual([1, 2]);
  });

  it("asks again while the server is unavailable, and says when it is refused for good", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const server = new Server(1);
    const it = server.conversation();
    server.fail = new HubError("unavailable", "Later.");
    it.connected();
    await server.release();
    expect(it.refused.value).toBeNull();
    await vi.advanceTimersByTimeAsync(500);
    server.fail = new HubError("not-found", "There is no such conversation.");
    await server.release();
    expect(it.refused.value?.code).toBe("not-found");
    server.fail = undefined;
    it.connected();
    await server.release();
    expect(texts(it)).toEqual([1]);
    expect(it.refused.value).toBeNull();
  });

  it("shows who types until they stop, write, or fall silent", async () => {
    const server = new Server(1);
    const it = server.conversation();
    it.connected();
    await server.release();
    const typing = (isTyping: boolean) => it.receive([{ kind: "typing", conversationId: "c1", by: { type: "agent", id: "a1", name: "Mira" }, isTyping }]);
    const names = () => it.typing.value.map((author) => author.name);
    typing(true);
    expect(names()).toEqual(["Mira"]);
    typing(false);
    expect(names()).toEqual([]);
    typing(true);
    it.receive(server.grow(1));
    expect(names()).toEqual([]);
    typing(true);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(names()).toEqual([]);
  });
});
