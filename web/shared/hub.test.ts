import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Hub, HubError, parseError } from "./hub.ts";
import { spoken, type LiveEvent, type VisitorHub } from "./protocol.ts";

const End = "\x1e";

class FakeSocket {
  static made: FakeSocket[] = [];
  static get last() {
    return FakeSocket.made.at(-1)!;
  }
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string) {
    for (const part of text.split(End)) if (part) this.sent.push(JSON.parse(part) as Record<string, unknown>);
  }
  close() {
    this.closed = true;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  receive(...frames: object[]) {
    this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame) + End).join("") });
  }
  accept() {
    this.open();
    this.receive({});
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function hub(more: { onEvents?: (batch: LiveEvent[]) => void; onRefused?: (code: string) => void; onConnected?: () => void } = {}) {
  const asked: boolean[] = [];
  const made = new Hub<VisitorHub>({
    url: "http://shop.example/hubs/visitor",
    accessToken: async (renew) => {
      asked.push(renew);
      return "a b";
    },
    onEvents: () => {},
    ...more,
  });
  made.start();
  return { hub: made, asked };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("the hub client", () => {
  it("knows when the server is newer than the page, and when an older one answers again", async () => {
    const { hub: it } = hub();
    await settle();
    FakeSocket.last.accept();
    const hello = (protocol: number) =>
      FakeSocket.last.receive({ type: 1, target: "events", arguments: [[{ kind: "hello", protocol, serverTime: "2026-02-03T08:00:00Z" }]] });
    hello(spoken);
    expect(it.outdated.value).toBe(false);
    hello(spoken + 1);
    expect(it.outdated.value).toBe(true);
    hello(spoken);
    expect(it.outdated.value).toBe(false);
  });

  it("shakes hands and says when it is connected", async () => {
    const onConnected = vi.fn();
    const { hub: it } = hub({ onConnected });
    await settle();
    expect(FakeSocket.last.url).toBe("ws://shop.example/hubs/visitor?access_token=a%20b");
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ protocol: "json", version: 1 }]);
    expect(it.state.value).toBe("connecting");
    FakeSocket.last.receive({});
    expect(it.state.value).toBe("connected");
    expect(onConnected).toHaveBeenCalledOnce();
  });

  it("gives each call its own answer", async () => {
    const { hub: it } = hub();
    await settle();
    FakeSocket.last.accept();
    const first = it.invoke("Send", { clientId: "1", text: "a" });
    const second = it.invoke("Send", { clientId: "2", text: "b" });
    const [one, two] = FakeSocket.last.sent.slice(1);
    expect(one).toMatchObject({ type: 1, target: "Send", arguments: [{ clientId: "1", text: "a" }] });
    FakeSocket.last.receive(
      { type: 3, invocationId: two!.invocationId, result: { seq: 2 } },
      { type: 3, invocationId: one!.invocationId, error: "An unexpected error occurred invoking 'Send' on the server. HubException: too-long: At most 10 000." },
    );
    await expect(second).resolves.toEqual({ seq: 2 });
    await expect(first).rejects.toMatchObject({ code: "too-long", sentence: "At most 10 000." });
  });

  it("fails calls without a connection at once, and open ones when it breaks", async () => {
    const { hub: it } = hub();
    await expect(it.invoke("TalkToHuman")).rejects.toMatchObject({ code: "offline" });
    await settle();
    FakeSocket.last.accept();
    const open = it.invoke("TalkToHuman");
    FakeSocket.last.onclose?.();
    await expect(open).rejects.toMatchObject({ code: "offline" });
  });

  it("hands over events as they come, also beside the handshake", async () => {
    const batches: LiveEvent[][] = [];
    hub({ onEvents: (batch) => batches.push(batch) });
    await settle();
    FakeSocket.last.open();
    FakeSocket.last.receive({}, { type: 1, target: "events", arguments: [[{ kind: "tick", version: 1 }]] });
    expect(batches).toEqual([[{ kind: "tick", version: 1 }]]);
  });

  it("leaves a server alone for as long as it asks to be", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    let asked = 0;
    const it = new Hub<VisitorHub>({
      url: "http://shop.example/hubs/visitor",
      accessToken: async () => {
        if (++asked === 1) throw new HubError("unavailable", "Too many come in at once.", 3_000);
        return "token";
      },
      onEvents: () => {},
    });
    it.start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toBe(2);
  });

  it("comes back with full jitter, ever more rarely, and renews its token", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { asked } = hub();
    await settle();
    for (const delay of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = FakeSocket.made.length;
      FakeSocket.last.onclose?.();
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(FakeSocket.made.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.made.length).toBe(before + 1);
    }
    expect(asked.slice(0, 3)).toEqual([false, true, true]);
  });

  it("begins again at half a second after a connection that held", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    hub();
    await settle();
    FakeSocket.last.onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(11_000);
    FakeSocket.last.onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made.length).toBe(3);
  });

  it("comes back at once when the network is there again", async () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.spyOn(Math, "random").mockReturnValue(1);
    hub();
    await settle();
    FakeSocket.last.onclose?.();
    page.dispatchEvent(new Event("online"));
    await settle();
    expect(FakeSocket.made.length).toBe(2);
  });

  it("knows at once when the network goes", async () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    const { hub: it } = hub();
    await settle();
    FakeSocket.last.accept();
    page.dispatchEvent(new Event("offline"));
    expect(it.state.value).toBe("waiting");
  });

  it("pings every 10 seconds and gives up on a silent server after 25", async () => {
    const { hub: it } = hub();
    await settle();
    const socket = FakeSocket.last;
    socket.accept();
    await vi.advanceTimersByTimeAsync(20_500);
    expect(socket.sent.filter((frame) => frame.type === 6)).toHaveLength(2);
    expect(it.state.value).toBe("connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.closed).toBe(true);
    expect(socket.onmessage).toBeNull();
  });

  it("gives up on a handshake that does not come", async () => {
    hub();
    await settle();
    FakeSocket.last.open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.made[0]!.closed).toBe(true);
  });

  it("obeys the server's goodbye", async () => {
    const onRefused = vi.fn();
    const { hub: it } = hub({ onRefused });
    await settle();
    FakeSocket.last.accept();
    FakeSocket.last.receive({ type: 1, target: "events", arguments: [[{ kind: "bye", code: "not-signed-in", reconnect: false }]] });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onRefused).toHaveBeenCalledWith("not-signed-in");
    expect(it.state.value).toBe("closed");
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("comes back when a server that shuts down says so", async () => {
    const { hub: it } = hub();
    await settle();
    FakeSocket.last.accept();
    FakeSocket.last.receive({ type: 1, target: "events", arguments: [[{ kind: "bye", code: "draining", reconnect: true, afterMs: 1_200 }]] });
    await vi.advanceTimersByTimeAsync(1_100);
    expect(FakeSocket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    FakeSocket.last.accept();
    expect(it.state.value).toBe("connected");
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("stays away once it is stopped, even while its token is on the way", async () => {
    const { hub: it } = hub();
    it.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.made).toHaveLength(0);
  });
});

describe("an error of the hub", () => {
  it("has a code and a sentence", () => {
    const error = parseError("An unexpected error occurred invoking 'Join' on the server. HubException: claimed-by-other: Mira has it: since 12:30.");
    expect(error).toBeInstanceOf(HubError);
    expect([error.code, error.sentence]).toEqual(["claimed-by-other", "Mira has it: since 12:30."]);
  });
  it.each([
    ["The next can begin in 24 hours.", 24 * 3_600_000],
    ["The next can begin in 1 minute.", 60_000],
    ["Try again in 40 seconds.", 40_000],
    ["Wait a second and try again.", 0],
  ])("says how long to wait where its sentence does: %s", (sentence, wait) => expect(parseError(`rate-limited: ${sentence}`).retryAfter).toBe(wait));
  it("is `unavailable` when the machinery broke", () =>
    expect(parseError("An unexpected error occurred invoking 'Join' on the server.").code).toBe("unavailable"));
});
