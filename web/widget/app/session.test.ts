import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session, SessionRequest } from "@livesupport/shared/protocol.ts";
import { Memory } from "./memory.ts";
import { Sessions } from "./session.ts";

/** Knows the visitors that it has made. */
class Server {
  asked: SessionRequest[] = [];
  known = new Set<string>();
  fetch = async (_: string, init: { body: string }) => {
    const request = JSON.parse(init.body) as SessionRequest;
    this.asked.push(request);
    if (request.userToken === "old") return { ok: false, headers: new Headers(), json: async () => ({ code: "token-expired", detail: "The user token has expired." }) };
    if (request.visitorToken && !this.known.has(request.visitorToken))
      return { ok: false, headers: new Headers(), json: async () => ({ code: "token-invalid", detail: "The visitor token is not valid." }) };
    const visitorToken = request.visitorToken ?? `v${this.asked.length}`;
    this.known.add(visitorToken);
    return { ok: true, json: async () => ({ visitorToken, accessToken: `a${this.asked.length}`, expiresInSeconds: 600 }) };
  };
}

let server: Server;
const sessions = (memory = new Memory("shop")) => {
  const begun: Session[] = [];
  return { begun, memory, sessions: new Sessions("shop", memory, () => undefined, (session) => begun.push(session)) };
};

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("navigator", { language: "en" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the visitor's session", () => {
  it("begins as somebody else, and says so, when nobody knows the visitor any more", async () => {
    const memory = new Memory("shop");
    let lost = 0;
    const one = new Sessions("shop", memory, () => undefined, () => {}, () => {}, () => lost++);
    await one.accessToken(false);
    server.known.clear();
    await one.accessToken(true);
    expect(server.asked.map((request) => request.visitorToken)).toEqual([undefined, "v1", undefined]);
    expect(memory.get("visitor")).toBe("v3");
    expect(lost).toBe(1);
  });

  it("tells no more of the page than the server takes", async () => {
    const page = { url: `https://shop.example/a?${"x".repeat(3_000)}`, title: "t".repeat(300), referrer: `https://b.example/${"x".repeat(3_000)}` };
    await new Sessions("shop", new Memory("shop"), () => page, () => {}).accessToken(false);
    expect(server.asked[0]!.page).toEqual({ url: "https://shop.example/a", title: "t".repeat(200) });
  });

  it("stays the same visitor over reloads", async () => {
    const first = sessions();
    await first.sessions.accessToken(false);
    await sessions(first.memory).sessions.accessToken(false);
    expect(server.asked.map((request) => request.visitorToken)).toEqual([undefined, "v1"]);
  });

  it("is one, although two ask for it at once", async () => {
    const { sessions: it } = sessions();
    expect(await Promise.all([it.accessToken(false), it.accessToken(false)])).toEqual(["a1", "a1"]);
    expect(server.asked.length).toBe(1);
    expect(await it.accessToken(true)).toBe("a2");
  });

  it("keeps a token until shortly before its end", async () => {
    const { sessions: it } = sessions();
    expect(await it.accessToken(false)).toBe("a1");
    await vi.advanceTimersByTimeAsync(539_000);
    expect(await it.accessToken(false)).toBe("a1");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await it.accessToken(false)).toBe("a2");
    expect(await it.accessToken(true)).toBe("a3");
  });

  it("becomes a new visitor when the server does not know the old one", async () => {
    const { sessions: it, memory, begun } = sessions();
    memory.set("visitor", "forged");
    await it.accessToken(false);
    expect(memory.get("visitor")).toBe("v2");
    expect(begun).toHaveLength(1);
  });

  it("goes on as who it was when the site's token is refused, and says so", async () => {
    const { memory, sessions: before } = sessions();
    await before.accessToken(false);
    const refused = vi.fn();
    const it = new Sessions("shop", memory, () => undefined, () => {}, refused);
    it.become("old");
    await it.accessToken(false);
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: "token-expired" }));
    expect(server.asked.at(-1)).toMatchObject({ visitorToken: "v1" });
    expect(server.asked.at(-1)!.userToken).toBeUndefined();
  });

  it("says `offline` when the server cannot be reached, and keeps who it is", async () => {
    const { sessions: it, memory } = sessions();
    memory.set("visitor", "v1");
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(it.accessToken(false)).rejects.toMatchObject({ code: "offline" });
    expect(memory.get("visitor")).toBe("v1");
  });

  it("forgets who it is at logout", async () => {
    const { sessions: it, memory } = sessions();
    await it.accessToken(false);
    it.forget();
    expect(memory.get("visitor")).toBeUndefined();
    await it.accessToken(false);
    expect(server.asked[1]!.visitorToken).toBeUndefined();
  });
});
