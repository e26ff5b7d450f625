import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HubError } from "@livesupport/shared/hub.ts";
import { LiveConversation } from "@livesupport/shared/live-conversation.ts";
import { Outbox } from "@livesupport/shared/outbox.ts";
import type { Agent, AgentMessage, AgentRef, ConversationSnapshot } from "@livesupport/shared/protocol.ts";
import { settled, TestWire } from "../test-wire.ts";
import { Drafts } from "./drafts.ts";
import { Writing } from "./writing.ts";

const me: Agent = { id: "me", name: "Mira", email: "m@example.com", role: "agent", availability: "online" };
const maya = { id: "maya", name: "Maya" };

const snapshot = (owner: AgentRef | null, status: "active" | "solved" = "active"): ConversationSnapshot => ({
  summary: {
    id: "c", rev: 1, seq: 7, visitor: { id: "v", online: true }, mode: owner ? "human_interaction" : "bot", status, isCase: false,
    owner, preview: "", startedAt: "", lastAt: "", unread: 0,
  },
  epoch: 1, entries: [], hasMore: false, viewers: [], visitorSeenSeq: 0, agentSeenSeq: 0, visitorEntries: 0,
});

let wire: TestWire;
let conversation: LiveConversation;
let outbox: Outbox<AgentMessage>;
let writing: Writing;

async function open(of: ConversationSnapshot): Promise<void> {
  conversation.connected();
  await wire.last("Open").answer(of);
}

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  wire = new TestWire();
  conversation = new LiveConversation("c", { role: "agent", id: "me" }, {
    open: () => wire.invoke("Open", "c"),
    sync: (rev) => wire.invoke("Sync", { conversationId: "c", rev }),
    entries: () => Promise.resolve({ entries: [], hasMore: false }),
  });
  const memory = { all: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() };
  outbox = new Outbox<AgentMessage>(memory, (message) => wire.invoke("Send", message));
  writing = new Writing(conversation, me, wire, outbox, new Drafts("me"));
});

afterEach(() => {
  writing.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the first key joins, once, and only then is typing told", async () => {
  await open(snapshot(null));
  writing.write("H", true);
  writing.write("Hi", true);
  expect(wire.count("Join")).toBe(1);
  expect(wire.count("Typing")).toBe(0);
  await wire.last("Join").answer({ outcome: "joined" });
  expect(wire.last("Typing").args).toEqual([{ conversationId: "c", isTyping: true }]);
  expect(writing.undoable.value).toBe(true);
  vi.advanceTimersByTime(11_000);
  expect(writing.undoable.value).toBe(false);
});

test("keys before the conversation is there count when it is", async () => {
  writing.write("Hi", true);
  expect(wire.count("Join")).toBe(0);
  await open(snapshot(null));
  expect(wire.count("Join")).toBe(1);
});

test("what is sent before the conversation is there goes when it is, once", async () => {
  writing.write("Hi", true);
  expect(writing.send()).toBe(false);
  expect(writing.text.value).toBe("Hi");
  await open(snapshot(null));
  await settled(() => conversation.connected());
  expect(wire.count("Send")).toBe(1);
  expect(wire.last("Send").args[0]).toMatchObject({ text: "Hi", kind: "reply", basedOnSeq: 7 });
  expect(writing.text.value).toBe("");
});

test("what is written on after that is not sent by itself", async () => {
  writing.write("Hi", true);
  writing.send();
  await settled(() => writing.write("Hi, wai", true));
  await open(snapshot(null));
  expect(wire.count("Send")).toBe(0);
  expect(writing.text.value).toBe("Hi, wai");
});

test("what is sent into a conversation that turns out to be a colleague's stays a draft", async () => {
  writing.write("Hi", true);
  await settled(() => writing.send());
  await open(snapshot(maya));
  expect(wire.count("Send")).toBe(0);
  expect(writing.text.value).toBe("Hi");
});

test("a note, a shortcut and a solved conversation do not join", async () => {
  await open(snapshot(null, "solved"));
  writing.write("Hi", true);
  writing.setTab("note");
  writing.write("Note", true);
  expect(wire.count("Join")).toBe(0);
});

test("a draft put there by nobody's hand does not join", async () => {
  await open(snapshot(null));
  writing.write("restored", false);
  expect(wire.count("Join")).toBe(0);
});

test("the loser's text stays a draft and is not sent", async () => {
  await open(snapshot(null));
  writing.write("Hi", true);
  await wire.last("Join").answer({ outcome: "claimed-by-other", by: maya });
  expect(writing.heldBy.value).toEqual(maya);
  expect(writing.send()).toBe(false);
  expect(writing.text.value).toBe("Hi");
  expect(wire.count("Send")).toBe(0);
  expect(wire.count("Typing")).toBe(0);
});

test("a sent reply says what it was based on, and leaves the box empty", async () => {
  await open(snapshot({ id: "me", name: "Mira" }));
  writing.write("  Hello  ", true);
  await settled(() => expect(writing.send()).toBe(true));
  expect(wire.last("Send").args).toMatchObject([{ conversationId: "c", text: "Hello", kind: "reply", basedOnSeq: 7 }]);
  expect(writing.text.value).toBe("");
  expect(new Drafts("me").of("c").reply).toBe("");
});

test("what comes back stands in the box again, before what was written meanwhile", async () => {
  await open(snapshot({ id: "me", name: "Mira" }));
  writing.write("First", true);
  await settled(() => writing.send());
  await wire.last("Send").refuse(new HubError("conflict", "Maya has replied since."));
  writing.write("Second", true);
  writing.takeBack(outbox.items.value[0]!);
  expect(writing.text.value).toBe("First\n\nSecond");
  expect(outbox.items.value).toEqual([]);
});

test("nothing and too much are not sent", async () => {
  await open(snapshot({ id: "me", name: "Mira" }));
  writing.write("   ", true);
  expect(writing.send()).toBe(false);
  writing.write("x".repeat(20_001), true);
  expect(writing.tooLong.value).toBe(1);
  expect(writing.send()).toBe(false);
});
