import { computed, effect, signal, untracked } from "@preact/signals";
import { onTheWire, type WithFiles } from "@livesupport/shared/attachments/uploads.ts";
import { reason } from "@livesupport/shared/hub.ts";
import { LiveConversation } from "@livesupport/shared/live-conversation.ts";
import { browserStore } from "@livesupport/shared/outbox-store.ts";
import { Outbox, type Outgoing } from "@livesupport/shared/outbox.ts";
import type { Agent, AgentHub, AgentMessage, Availability, PresenceEvent, VisitorEvent } from "@livesupport/shared/protocol.ts";
import type { Api } from "./api.ts";
import { Drafts, putBack } from "./composer/drafts.ts";
import { Writing } from "./composer/writing.ts";
import { Queue } from "./queue/queue.ts";
import { SavedReplies } from "./replies/replies.ts";
import { alert } from "./shell/alerts.ts";
import { notify } from "./shell/notice.tsx";
import { go, openId, place } from "./shell/place.ts";
import type { Wire } from "./wire.ts";

type VisitorListener = (event: VisitorEvent | PresenceEvent) => void;
type Command = "TakeOver" | "HandToBot" | "Solve" | "Reopen";

/** Everything that a signed-in agent works with, put together once. */
export class Desk {
  readonly me;
  readonly agents = signal<Agent[]>([]);
  readonly queue: Queue;
  readonly outbox: Outbox<WithFiles<AgentMessage>>;
  readonly drafts: Drafts;
  readonly replies: SavedReplies;
  /** The conversation on screen and what is being written in it. */
  readonly open = signal<{ conversation: LiveConversation; writing: Writing } | null>(null);
  readonly opened = computed(() => this.open.value?.conversation.snapshot.value?.summary ?? null);

  private readonly visitorListeners = new Set<VisitorListener>();

  constructor(
    me: Agent,
    readonly api: Api,
    readonly wire: Wire,
  ) {
    this.me = signal(me);
    this.drafts = new Drafts(me.id);
    this.queue = new Queue(wire);
    this.replies = new SavedReplies(api);
    this.outbox = new Outbox(
      browserStore<WithFiles<AgentMessage>>(`agent:${me.id}`),
      (message) => wire.invoke("Send", onTheWire<AgentMessage>(message)),
      (item, posted) => this.openAs(item.lane)?.conversation.expect(posted.rev),
    );
    wire.onEvents((batch) => {
      this.open.peek()?.conversation.receive(batch);
      for (const event of batch) {
        if (event.kind === "agent") this.agentChanged(event.agent);
        else if (event.kind === "alert") void alert(event, this.me.peek().availability);
        else if (event.kind === "visitor" || event.kind === "presence") this.visitorListeners.forEach((listener) => listener(event));
      }
    });
    wire.onConnected(() => {
      this.open.peek()?.conversation.connected();
      void this.outbox.flush();
      void this.loadAgents();
      // A server before this page knows no alerts; then there are none.
      wire.invoke("Alerts", true).catch(() => {});
    });
    effect(() => {
      const snapshot = this.open.value?.conversation.snapshot.value;
      if (snapshot) this.outbox.arrived(snapshot.entries);
    });
    effect(() => {
      const crossed = this.outbox.items.value.filter((item) => item.reason?.code === "conflict");
      // After the outbox has written the refusal down; taking it back inside its own step would cross that.
      if (crossed.length > 0) queueMicrotask(() => crossed.forEach((item) => this.returned(item)));
    });
    const here = computed(openId);
    effect(() => {
      const id = here.value;
      untracked(() => this.show(id));
    });
  }

  /** The answer stops listening. */
  onVisitor(listener: VisitorListener): () => void {
    this.visitorListeners.add(listener);
    return () => this.visitorListeners.delete(listener);
  }

  async loadAgents(): Promise<void> {
    this.agents.value = await this.api.agents().catch(() => this.agents.peek());
  }

  /** A command on the open conversation. Refusals are shown with their reason. */
  async run<M extends Exclude<keyof AgentHub, "Watch">>(method: M, ...args: Parameters<AgentHub[M]>): Promise<boolean> {
    if (this.wire.state.value !== "connected") {
      notify("Not connected. This needs the server; your messages are kept.");
      return false;
    }
    try {
      await this.wire.invoke(method, ...args);
      return true;
    } catch (error) {
      notify(reason(error).sentence);
      return false;
    }
  }

  async command(method: Command, id: string): Promise<void> {
    if (!(await this.run(method, id))) return;
    if (method === "Solve") notify("Solved. It is under the filter Solved.", { label: "Reopen", run: () => void this.command("Reopen", id) });
    if (method === "HandToBot") notify("The bot answers from now on.");
  }

  /** From the customer's newest message on. First it leaves the screen: what somebody looks at is seen again at once. */
  async markUnread(id: string): Promise<void> {
    if (openId() === id) go({ at: "queue" });
    await this.run("MarkUnread", { conversationId: id });
  }

  async setAvailability(availability: Availability): Promise<void> {
    if (await this.run("SetAvailability", availability)) this.me.value = { ...this.me.value, availability };
  }

  private show(id: string | null): void {
    const before = this.open.peek();
    if (before?.conversation.id === id) return;
    if (before) {
      before.writing.close();
      before.conversation.dispose();
      this.wire.invoke("Close", before.conversation.id).catch(() => {});
    }
    const me = this.me.peek();
    if (id === null) {
      this.open.value = null;
      return;
    }
    const conversation = new LiveConversation(id, { role: "agent", id: me.id }, {
      open: () => this.wire.invoke("Open", id),
      sync: (rev) => this.wire.invoke("Sync", { conversationId: id, rev }),
      entries: (before, limit) => this.api.entries(id, before, limit),
    });
    this.open.value = { conversation, writing: new Writing(conversation, me, this.wire, this.outbox, this.drafts) };
    conversation.connected();
  }

  private openAs(id: string) {
    const open = this.open.peek();
    return open?.conversation.id === id ? open : null;
  }

  private agentChanged(agent: Agent): void {
    if (agent.id === this.me.peek().id) this.me.value = agent;
    this.agents.value = [...this.agents.peek().filter((one) => one.id !== agent.id), agent];
  }

  /** A reply that a colleague's crossed becomes a draft again, whether its conversation is on screen or not. */
  private returned(item: Outgoing<WithFiles<AgentMessage>>): void {
    const open = this.openAs(item.lane);
    if (open) {
      open.writing.takeBack(item);
      open.writing.conflict.value = { why: item.reason!.sentence, since: item.message.basedOnSeq ?? 0 };
      // What crossed it must be on screen before it can be sent again.
      open.conversation.resync();
      return;
    }
    const { kind, text, attachments = [] } = item.message;
    const draft = this.drafts.of(item.lane);
    const files = { ...draft.files, [kind]: [...attachments, ...(draft.files?.[kind] ?? [])] };
    this.drafts.keep(item.lane, { ...draft, tab: kind, [kind]: putBack(text, draft[kind]), files });
    this.outbox.cancel(item.id);
  }
}

/** Where a message hit of the search points to. */
export const wantedSeq = computed(() => (place.value.at === "conversation" ? (place.value.seq ?? null) : null));
