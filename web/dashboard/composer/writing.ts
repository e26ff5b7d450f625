import { computed, effect, signal, untracked } from "@preact/signals";
import { sendTo } from "@livesupport/shared/attachments/send.ts";
import { Uploads, type WithFiles } from "@livesupport/shared/attachments/uploads.ts";
import { reason } from "@livesupport/shared/hub.ts";
import { newId } from "@livesupport/shared/ids.ts";
import type { LiveConversation } from "@livesupport/shared/live-conversation.ts";
import type { Outbox, Outgoing } from "@livesupport/shared/outbox.ts";
import { limits, type Agent, type AgentMessage } from "@livesupport/shared/protocol.ts";
import type { Wire } from "../wire.ts";
import { putBack, type Draft, type Drafts, type Tab } from "./drafts.ts";
import { join, out, showsUndo, type JoinEvent, type Joining } from "./joining.ts";

/** How often "is typing" is renewed, and how long after the last key it ends. */
const typingRenews = 3_000;

const sendFile = sendTo("/api/attachments", () => ({ "X-LiveSupport": "1" }));

/** What an agent writes in one conversation: the draft, joining by it, and sending. */
export class Writing {
  readonly draft;
  readonly joining = signal<Joining>(out);
  /** A reply came back: why, and the newest entry that its writer had seen. */
  readonly conflict = signal<{ why: string; since: number } | null>(null);
  readonly text = computed(() => this.draft.value[this.draft.value.tab]);
  /** Files chosen for a reply never slip into a note, nor the other way round. */
  readonly files: Record<Tab, Uploads>;
  readonly uploads = computed(() => this.files[this.draft.value.tab]);
  /** There is something to send, and all of it is ready. */
  readonly sendable = computed(
    () => (this.text.value.trim() !== "" || this.uploads.value.any.value) && this.uploads.value.settled.value && this.tooLong.value === 0,
  );
  readonly tooLong = computed(() => Math.max(0, this.text.value.length - limits.agentText));
  /** A colleague has the conversation: what is written stays a draft. */
  readonly heldBy = computed(() => {
    const owner = this.conversation.snapshot.value?.summary.owner;
    if (owner && owner.id !== this.me.id) return owner;
    const joining = this.joining.value;
    return joining.step === "lost" && !owner ? joining.by : null;
  });

  /** Undo is on offer; it goes by itself. */
  readonly undoable = signal(false);

  private readonly stop: (() => void)[] = [];
  /** Typed, and sent, before the conversation was there. */
  private eager = false;
  private early = false;
  private typingUntil = 0;
  private quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly conversation: LiveConversation,
    private readonly me: Agent,
    private readonly wire: Wire,
    private readonly outbox: Outbox<WithFiles<AgentMessage>>,
    private readonly drafts: Drafts,
  ) {
    this.draft = signal<Draft>(drafts.of(conversation.id));
    const kept = this.draft.peek().files;
    this.files = { reply: new Uploads(sendFile, kept?.reply), note: new Uploads(sendFile, kept?.note) };
    const done = computed(() => ({ reply: this.files.reply.done.value, note: this.files.note.done.value }));
    this.stop.push(effect(() => this.keepFiles(done.value)));
    const owner = computed(() => conversation.snapshot.value?.summary.owner ?? null);
    const ownerId = computed(() => owner.value?.id ?? null);
    this.stop.push(
      effect(() => {
        void ownerId.value;
        this.step({ type: "owner", owner: owner.peek(), me: me.id });
      }),
    );
    const loaded = computed(() => conversation.snapshot.value !== null);
    this.stop.push(effect(() => void (loaded.value && untracked(() => this.catchUp()))));
    const ticking = setInterval(() => this.step({ type: "tick", at: Date.now() }), 1_000);
    this.stop.push(() => clearInterval(ticking));
  }

  /** The text has changed. `typed`: a person put something readable in. */
  write(text: string, typed: boolean): void {
    this.early = false;
    this.set({ ...this.draft.value, [this.draft.value.tab]: text });
    if (this.draft.value.tab === "note") return;
    this.step({ type: "text", empty: text.trim() === "", at: Date.now() });
    if (typed && text.trim() !== "") this.joinByTyping();
    this.tellTyping(text.trim() !== "");
  }

  setTab(tab: Tab): void {
    this.early = false;
    this.set({ ...this.draft.value, tab });
    if (tab === "note") this.tellTyping(false);
  }

  /** The button: the same claim, asked for. */
  joinNow(): void {
    this.step({ type: "asked" });
  }

  undoJoin(): void {
    this.step({ type: "undo" });
  }

  /** False when it stays a draft: nothing written, too long, a colleague has the conversation, or it is not there yet;
   * then it goes as soon as it is. */
  send(): boolean {
    const snapshot = this.conversation.snapshot.value;
    const { tab } = this.draft.value;
    const text = this.text.value.trim();
    this.early = !snapshot && this.sendable.value;
    if (!snapshot || !this.sendable.value || (tab === "reply" && this.heldBy.value)) return false;
    const clientId = newId();
    const basedOnSeq = snapshot.summary.seq;
    const attachments = this.files[tab].take();
    this.outbox.add(this.conversation.id, clientId, {
      conversationId: this.conversation.id,
      clientId,
      text,
      kind: tab,
      ...(tab === "reply" && { basedOnSeq }),
      ...(attachments.length > 0 && { attachments }),
    });
    this.set({ ...this.draft.value, [tab]: "" });
    this.conflict.value = null;
    if (tab === "reply") {
      this.step({ type: "sent" });
      this.tellTyping(false);
    }
    return true;
  }

  /** A message that was not sent goes back to be written on. */
  takeBack(item: Outgoing<WithFiles<AgentMessage>>): void {
    this.outbox.cancel(item.id);
    const draft = this.draft.value;
    const { kind, text, attachments } = item.message;
    this.set({ ...draft, tab: kind, [kind]: putBack(text, draft[kind]) });
    this.files[kind].putBack(attachments ?? []);
  }

  close(): void {
    this.tellTyping(false);
    this.stop.forEach((stop) => stop());
  }

  private catchUp(): void {
    if (this.eager) this.joinByTyping();
    if (this.early) this.send();
  }

  /** Typed before the conversation was there: it counts as soon as it is. */
  private joinByTyping(): void {
    const summary = this.conversation.snapshot.peek()?.summary;
    this.eager = !summary;
    if (summary && !summary.owner && summary.status !== "solved") this.step({ type: "typed" });
  }

  private keepFiles(files: Draft["files"]): void {
    const draft = this.draft.peek();
    const none = !files?.reply?.length && !files?.note?.length;
    if (!none || draft.files) this.set({ ...draft, files });
  }

  private set(draft: Draft): void {
    this.draft.value = draft;
    this.drafts.keep(this.conversation.id, draft);
  }

  private step(event: JoinEvent): void {
    const [next, command] = join(this.joining.peek(), event);
    this.joining.value = next;
    this.undoable.value = showsUndo(next, Date.now());
    if (command === "Join") void this.askToJoin();
    if (command === "UndoJoin") void this.askToUndo();
  }

  private async askToJoin(): Promise<void> {
    const fromBot = this.conversation.snapshot.value?.summary.mode === "bot";
    try {
      const result = await this.wire.invoke("Join", this.conversation.id);
      this.step({ type: "answered", result, at: Date.now(), fromBot });
      this.tellTyping(this.draft.value.tab === "reply" && this.text.value.trim() !== "");
    } catch (error) {
      this.step({ type: "refused", sentence: reason(error).sentence });
    }
  }

  private async askToUndo(): Promise<void> {
    this.tellTyping(false);
    try {
      await this.wire.invoke("UndoJoin", this.conversation.id);
    } catch (error) {
      this.joining.value = { step: "failed", sentence: reason(error).sentence };
    }
  }

  /** Only the owner is seen typing, so a draft in a colleague's conversation stays private. */
  private tellTyping(isTyping: boolean): void {
    clearTimeout(this.quiet);
    const mine = this.joining.value.step === "in" || this.conversation.snapshot.value?.summary.owner?.id === this.me.id;
    const now = Date.now();
    if (!isTyping) {
      if (this.typingUntil > 0) this.sendTyping(false);
      this.typingUntil = 0;
      return;
    }
    if (!mine) return;
    if (now >= this.typingUntil) {
      this.typingUntil = now + typingRenews;
      this.sendTyping(true);
    }
    this.quiet = setTimeout(() => this.tellTyping(false), typingRenews);
  }

  private sendTyping(isTyping: boolean): void {
    if (this.wire.state.value !== "connected") return;
    this.wire.invoke("Typing", { conversationId: this.conversation.id, isTyping }).catch(() => {});
  }
}
