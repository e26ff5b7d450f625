import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HubError, parseError } from "./hub.ts";
import { localStore } from "./outbox-store.ts";
import { echoes, Outbox, type Outgoing, type OutboxStore } from "./outbox.ts";
import type { Entry, Posted } from "./protocol.ts";

interface Message {
  clientId: string;
  text: string;
}

class MemoryStore implements OutboxStore<Message> {
  kept = new Map<string, Outgoing<Message>>();
  all = async () => [...this.kept.values()].sort((a, b) => a.order - b.order);
  put = async (item: Outgoing<Message>) => void this.kept.set(item.id, structuredClone(item));
  remove = async (id: string) => void this.kept.delete(id);
}

/** Accepts each id once, as the server does; fails as the test says. */
class Server {
  log: string[] = [];
  attempts = 0;
  inFlight = 0;
  mostInFlight = 0;
  fail: (text: string) => HubError | undefined = () => undefined;
  loseAnswer = false;

  send = async ({ clientId, text }: Message): Promise<Posted> => {
    this.attempts++;
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      await Promise.resolve();
      const error = this.fail(text);
      if (error) throw error;
      if (!this.log.includes(clientId)) this.log.push(clientId);
      if (this.loseAnswer) throw new HubError("offline", "Gone.");
      const seq = this.log.indexOf(clientId) + 1;
      return { seq, rev: seq, at: "2026-03-02T09:00:00Z" };
    } finally {
      this.inFlight--;
    }
  };
}

const offline = () => new HubError("offline", "No connection.");
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const box = (server: Server, store: OutboxStore<Message> = new MemoryStore()) => {
  const outbox = new Outbox<Message>(store, server.send);
  const write = (id: string, lane = "c1") => outbox.add(lane, id, { clientId: id, text: id });
  const states = () => outbox.items.value.map((item) => `${item.id} ${item.state}`);
  return { outbox, write, states };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("the outbox", () => {
  it("says of a message that it is held when the server says how long it takes no more, and not when it is only asked too fast", async () => {
    const server = new Server();
    const tooFast = parseError("rate-limited: Too many at once. Wait a second and try again.");
    const tooManyToday = parseError("rate-limited: You have begun 20 conversations within a day. The next can begin in 4 hours.");
    server.fail = () => tooFast;
    const { outbox, write } = box(server);
    write("a");
    await settle(60_000);
    expect(server.attempts).toBeGreaterThan(2);
    expect(outbox.items.value[0]).toMatchObject({ state: "waiting", held: false });
    server.fail = () => tooManyToday;
    await settle(60_000);
    expect(outbox.items.value[0]).toMatchObject({ state: "waiting", held: true });
    server.fail = () => tooFast;
    await settle(60_000);
    expect(outbox.items.value[0]).toMatchObject({ state: "waiting", held: false });
    server.fail = () => undefined;
    await settle(60_000);
    expect(server.log).toEqual(["a"]);
  });

  it("sends in order, one at a time, and shows a message until its entry is there", async () => {
    const server = new Server();
    const store = new MemoryStore();
    const { outbox, write, states } = box(server, store);
    for (const id of ["a", "b", "c"]) write(id);
    expect(states()).toEqual(["a waiting", "b waiting", "c waiting"]);
    await settle();
    expect(server.log).toEqual(["a", "b", "c"]);
    expect(server.mostInFlight).toBe(1);
    expect(states()).toEqual(["a sent", "b sent", "c sent"]);
    expect(store.kept.size).toBe(0);
    outbox.arrived([{ id: "a" }, { id: "b" }] as Entry[]);
    expect(states()).toEqual(["c sent"]);
  });

  it("keeps messages over a reload and sends them in the order of writing", async () => {
    const server = new Server();
    server.fail = offline;
    const store = new MemoryStore();
    const first = box(server, store);
    first.write("a");
    first.write("b");
    await settle();
    server.fail = () => undefined;

    const second = box(server, store);
    second.write("c");
    await settle();
    expect(server.log).toEqual(["a", "b", "c"]);
    expect(store.kept.size).toBe(0);
  });

  it("tries again while the trouble may pass, without overtaking", async () => {
    const server = new Server();
    let trouble = 3;
    server.fail = (text) => (text === "a" && trouble-- > 0 ? new HubError("unavailable", "Later.") : undefined);
    const { write } = box(server);
    write("a");
    write("b");
    await settle();
    expect(server.log).toEqual([]);
    await settle(60_000);
    expect(server.log).toEqual(["a", "b"]);
  });

  it("goes on at once when the connection is back", async () => {
    const server = new Server();
    server.fail = offline;
    const { outbox, write } = box(server);
    write("a");
    await settle();
    server.fail = () => undefined;
    await outbox.flush();
    await settle();
    expect(server.log).toEqual(["a"]);
  });

  it("delivers once when the answer was lost", async () => {
    const server = new Server();
    server.loseAnswer = true;
    const { outbox, write, states } = box(server);
    write("a");
    await settle();
    server.loseAnswer = false;
    await outbox.flush();
    await settle();
    expect(server.attempts).toBe(2);
    expect(server.log).toEqual(["a"]);
    expect(states()).toEqual(["a sent"]);
  });

  it("drops a message whose entry arrived although the answer did not", async () => {
    const server = new Server();
    server.loseAnswer = true;
    const store = new MemoryStore();
    const { outbox, write, states } = box(server, store);
    write("a");
    await settle();
    outbox.arrived([{ id: "a" }] as Entry[]);
    await settle(60_000);
    expect(states()).toEqual([]);
    expect(store.kept.size).toBe(0);
    expect(server.attempts).toBe(1);
  });

  it("says why a message was refused, goes on with the next, and keeps the refusal over a reload", async () => {
    const server = new Server();
    server.fail = (text) => (text === "a" ? new HubError("too-long", "At most 10 000 characters.") : undefined);
    const store = new MemoryStore();
    const { outbox, write, states } = box(server, store);
    write("a");
    write("b");
    await settle();
    expect(states()).toEqual(["a failed", "b sent"]);
    expect(outbox.items.value[0]!.reason).toEqual({ code: "too-long", sentence: "At most 10 000 characters." });

    const later = box(server, store);
    await later.outbox.flush();
    await settle();
    expect(later.states()).toEqual(["a failed"]);
    server.fail = () => undefined;
    later.outbox.retry("a");
    await settle();
    expect(later.states()).toEqual(["a sent"]);
    expect(store.kept.size).toBe(0);
  });

  it("gives up what a person cancels, but not what may have arrived", async () => {
    const server = new Server();
    server.fail = offline;
    const store = new MemoryStore();
    const { outbox, write, states } = box(server, store);
    write("a");
    for (let i = 0; i < 10 && states()[0] !== "a sending"; i++) await Promise.resolve();
    outbox.cancel("a");
    expect(states()).toEqual(["a sending"]);
    await settle();
    outbox.cancel("a");
    expect(states()).toEqual([]);
    await settle();
    expect(store.kept.size).toBe(0);
  });

  it("lets one conversation wait without the others", async () => {
    const server = new Server();
    server.fail = (text) => (text === "a" ? offline() : undefined);
    const { write } = box(server);
    write("a", "c1");
    write("b", "c2");
    await settle();
    expect(server.log).toEqual(["b"]);
  });
});

it("shows nothing twice: an echo is left out once its entry stands in the transcript", () => {
  const items = [{ id: "a", lane: "c1" }, { id: "b", lane: "c1" }, { id: "c", lane: "c2" }] as Outgoing<Message>[];
  expect(echoes(items, [{ id: "a" }] as Entry[], "c1").map((item) => item.id)).toEqual(["b"]);
});

describe("messages in localStorage", () => {
  class Local {
    #map = new Map<string, string>();
    get length() {
      return this.#map.size;
    }
    key = (i: number) => [...this.#map.keys()][i] ?? null;
    getItem = (key: string) => this.#map.get(key) ?? null;
    setItem = (key: string, value: string) => void this.#map.set(key, value);
    removeItem = (key: string) => void this.#map.delete(key);
  }
  const item = (id: string, order: number) => ({ id, order, lane: "c1", at: "", message: { clientId: id, text: id }, state: "waiting" }) as const;

  it("come back in order, and only those of the same name", async () => {
    const storage = new Local() as unknown as Storage;
    const mine = localStore<Message>("v1", storage);
    await mine.put(item("b", 2));
    await mine.put(item("a", 1));
    await localStore<Message>("v2", storage).put(item("x", 0));
    expect((await mine.all()).map((kept) => kept.id)).toEqual(["a", "b"]);
    await mine.remove("a");
    expect((await mine.all()).map((kept) => kept.id)).toEqual(["b"]);
  });
});
