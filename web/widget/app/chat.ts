import type { FileSource } from "@livesupport/shared/attachments/Files.tsx";
import { sendTo } from "@livesupport/shared/attachments/send.ts";
import { onTheWire, Uploads, wordsOf, type WithFiles } from "@livesupport/shared/attachments/uploads.ts";
import { alone } from "@livesupport/shared/alone.ts";
import { chime } from "@livesupport/shared/chime.ts";
import { batch, computed, effect, signal } from "@preact/signals";
import { Hub, HubError, reason } from "@livesupport/shared/hub.ts";
import { newId } from "@livesupport/shared/ids.ts";
import { LiveConversation } from "@livesupport/shared/live-conversation.ts";
import { browserStore } from "@livesupport/shared/outbox-store.ts";
import { echoes, Outbox } from "@livesupport/shared/outbox.ts";
import type { Attachment, CatchUp, Contact, Entry, LiveEvent, Said, Session, VisitorHub, VisitorMessage, WidgetSettings } from "@livesupport/shared/protocol.ts";
import type { PageNow } from "../messages.ts";
import { bounded } from "../page-now.ts";
import { Memory } from "./memory.ts";
import { tellPage } from "./page.ts";
import { renewUnseen } from "./renewal.ts";
import { Sessions } from "./session.ts";
import { words } from "./speech.ts";

/** The visitor has one conversation at a time, so all messages go one after the other. */
const Lane = "visitor";
const TypingRenewed = 3_000;
const TypingStops = 3_000;
/** Whoever waits is told this often whether the team is there. */
const TeamAskedAgain = 60_000;
/** Codes after which trying again is no use. */
const Final = new Set(["not-found", "origin-not-allowed", "bad-request", "forbidden", "not-signed-in"]);

/** What the widget knows and can do. Screens read the signals; nothing here touches the DOM. */
export class Chat {
  readonly settings = signal<WidgetSettings | null>(null);
  readonly me = signal<Contact | null>(null);
  /** Why the chat cannot be used at all; null while it can, or may soon. */
  readonly broken = signal<string | null>(null);
  readonly open = signal(false);
  /** The last refused action's reason; shown until the next one. */
  readonly notice = signal<{ code: string; sentence: string } | null>(null);
  readonly draft = signal("");
  /** The files beside the draft. One that is on the server already is there again after a reload. */
  readonly uploads: Uploads;
  readonly files: FileSource = {
    url: (id) => `/api/widget/attachments/${id}?access_token=${encodeURIComponent(this.#sessions.known ?? "")}`,
    fresh: async (id) => `/api/widget/attachments/${id}?access_token=${encodeURIComponent(await this.#sessions.accessToken(false))}`,
  };
  /** A person's answer is heard by who does not see it. */
  readonly sound = signal(true);
  /** The visitor has been asked for a name and e-mail, and is not asked again. */
  readonly contactAsked = signal(false);

  readonly #memory: Memory;
  readonly #sessions: Sessions;
  readonly #hub: Hub<VisitorHub>;
  readonly #outbox: Outbox<WithFiles<VisitorMessage>, Said>;
  readonly #live = signal<LiveConversation | null>(null);
  /** Entries of conversations that ended while this page was open. */
  readonly #past = signal<Entry[]>([]);
  #page: PageNow | undefined;
  #identifyLater: { name?: string; email?: string } | undefined;
  #seen = 0;
  #typingSent = 0;
  #typingStops: ReturnType<typeof setTimeout> | undefined;

  readonly snapshot = computed(() => this.#live.value?.snapshot.value ?? null);
  readonly typing = computed(() => this.#live.value?.typing.value ?? []);
  readonly entries = computed(() => [...this.#past.value, ...(this.snapshot.value?.entries ?? [])]);
  readonly pending = computed(() => echoes(this.#outbox.items.value, this.entries.value));
  readonly connection = computed(() => this.#hub.state.value);
  /** The session is known, and so is the conversation if there is one. */
  readonly loading = computed(() => !this.settings.value || (this.#live.value !== null && this.snapshot.value === null));
  /** People answer, or will: not the bot. */
  readonly withPeople = computed(() => {
    const summary = this.snapshot.value?.summary;
    return summary ? summary.mode === "human_interaction" && summary.status !== "solved" : this.settings.value?.botEnabled === false;
  });
  /** Nobody of the team is online; false as long as it is not known. */
  readonly teamAway = signal(false);
  readonly unread = computed(() => {
    const snapshot = this.snapshot.value;
    if (!snapshot) return 0;
    return snapshot.entries.filter((entry) => isTheirs(entry) && entry.seq > snapshot.visitorSeenSeq).length;
  });

  constructor(siteKey: string) {
    this.#memory = new Memory(siteKey);
    this.draft.value = this.#memory.get("draft") ?? "";
    this.uploads = new Uploads(
      sendTo("/api/widget/attachments", async () => ({ authorization: `Bearer ${await this.#sessions.accessToken(false)}` })),
      this.#memory.files(),
    );
    this.sound.value = this.#memory.get("sound") !== "off";
    this.contactAsked.value = this.#memory.get("contact-asked") !== undefined;
    this.#sessions = new Sessions(
      siteKey,
      this.#memory,
      () => this.#page,
      (session) => this.#begun(session),
      (error) => tellPage({ type: "error", code: error.code, sentence: error.sentence }),
      () => this.#lost(),
    );
    this.#hub = new Hub<VisitorHub>({
      url: "/hubs/visitor",
      accessToken: (renew) => this.#accessToken(renew),
      onEvents: (events) => this.#receive(events),
      onConnected: () => this.#connected(),
      onRefused: (code) => this.#break(words.peek().refused, code),
    });
    this.#outbox = new Outbox(browserStore(siteKey), (message) => this.#hub.invoke("Send", onTheWire<VisitorMessage>(message)), (item, posted) => this.#sent(item, posted));
    renewUnseen({ outdated: this.#hub.outdated, open: this.open, uploading: this.uploads.any }, this.#memory);
    effect(() => this.#memory.keepFiles(this.uploads.done.value));
    effect(() => this.#outbox.arrived(this.entries.value));
    effect(() => {
      if (!this.withPeople.value || !this.open.value || this.connection.value !== "connected") return;
      const ask = () => this.#hub.invoke("Team").then(({ online }) => (this.teamAway.value = !online), () => {});
      void ask();
      const asking = setInterval(ask, TeamAskedAgain);
      return () => clearInterval(asking);
    });
    effect(() => tellPage({ type: "unread", count: this.unread.value }));
    effect(() => {
      const summary = this.snapshot.value?.summary;
      if (summary) tellPage({ type: "status", mode: summary.mode, status: summary.status, agent: summary.owner?.name });
    });
  }

  start(given: { userToken?: string; locale?: string; page?: PageNow }): void {
    this.#sessions.userToken = given.userToken;
    this.#sessions.locale = given.locale;
    this.#page = given.page;
    this.#hub.start();
  }

  /** What is written, and its files. */
  sendDraft(): void {
    const text = this.draft.peek().trim();
    const attachments = this.uploads.take();
    this.setDraft("");
    this.send(text, attachments);
  }

  send(text: string, attachments: Attachment[] = []): void {
    const clientId = newId();
    this.#outbox.add(Lane, clientId, { clientId, text, ...(attachments.length && { attachments }) });
    this.notice.value = null;
    clearTimeout(this.#typingStops);
    this.#typingSent = 0;
  }

  retry(id: string): void {
    this.#outbox.retry(id);
  }

  cancel(id: string): void {
    this.#outbox.cancel(id);
  }

  setDraft(text: string): void {
    this.draft.value = text;
    this.#memory.set("draft", text);
  }

  /** A key was pressed in the composer. */
  typed(): void {
    clearTimeout(this.#typingStops);
    this.#typingStops = setTimeout(() => this.#sendTyping(false), TypingStops);
    if (Date.now() - this.#typingSent > TypingRenewed) this.#sendTyping(true);
  }

  setSound(on: boolean): void {
    this.sound.value = on;
    this.#memory.set("sound", on ? undefined : "off");
    if (on) chime();
  }

  contactWasAsked(): void {
    this.contactAsked.value = true;
    this.#memory.set("contact-asked", "1");
  }

  talkToPerson(): Promise<boolean> {
    return this.#try(() => this.#hub.invoke("TalkToHuman"));
  }

  end(): Promise<boolean> {
    const id = this.#live.peek()?.id;
    return id ? this.#try(() => this.#hub.invoke("End", { conversationId: id })) : Promise.resolve(false);
  }

  rate(score: number, comment: string): Promise<boolean> {
    const id = this.#live.peek()?.id;
    if (!id) return Promise.resolve(false);
    return this.#try(() => this.#hub.invoke("Rate", { conversationId: id, score, ...(comment && { comment }) }));
  }

  async identify(contact: { name?: string; email?: string }): Promise<boolean> {
    const given = Object.fromEntries(Object.entries(contact).filter(([, value]) => value)) as typeof contact;
    if (!Object.keys(given).length) return false;
    const done = await this.#try(() => this.#hub.invoke("Identify", given));
    if (done) this.me.value = { ...(this.me.peek() ?? { id: "", verified: false }), ...given };
    return done;
  }

  /** The site gives a name: as soon as there is a connection. */
  identifyWhenConnected(contact: { name?: string; email?: string }): void {
    this.#identifyLater = contact;
    if (this.connection.peek() === "connected") this.#takeIdentity();
  }

  /** The site vouches for the visitor. */
  become(userToken: string): void {
    this.#sessions.become(userToken);
    this.#restart();
  }

  logout(): void {
    this.#sessions.forget();
    this.setDraft("");
    this.uploads.clear();
    this.contactAsked.value = false;
    this.#memory.set("contact-asked", undefined);
    for (const item of this.#outbox.items.peek()) this.#outbox.cancel(item.id);
    this.#restart();
  }

  visit(page: PageNow): void {
    this.#page = page;
    if (this.connection.peek() !== "connected") return;
    const { url, title } = bounded(page);
    this.#hub.invoke("Page", { url, title }).catch(() => {});
  }

  /** Everything on screen down to the newest entry has been looked at. */
  seen(): void {
    const snapshot = this.snapshot.peek();
    if (!snapshot || this.unread.peek() === 0 || this.connection.peek() !== "connected") return;
    const { id, seq } = snapshot.summary;
    if (this.#seen === seq) return;
    this.#seen = seq;
    this.#hub.invoke("Seen", { conversationId: id, seq }).catch(() => (this.#seen = 0));
  }

  loadOlder(): Promise<void> {
    if (this.#past.peek().length) return Promise.resolve();
    return this.#live.peek()?.loadOlder().catch(() => {}) ?? Promise.resolve();
  }

  get hasOlder(): boolean {
    return !this.#past.value.length && (this.snapshot.value?.hasMore ?? false);
  }

  async #accessToken(renew: boolean): Promise<string> {
    try {
      return await this.#sessions.accessToken(renew);
    } catch (error) {
      if (error instanceof HubError && Final.has(error.code)) this.#break(reason(error).sentence, error.code);
      throw error;
    }
  }

  #break(sentence: string, code: string): void {
    this.#hub.stop();
    this.broken.value = sentence;
    tellPage({ type: "error", code, sentence });
  }

  #begun(session: Session): void {
    batch(() => {
      this.settings.value = session.settings;
      this.me.value = session.visitor;
      if (session.conversationId) this.#follow(session.conversationId);
    });
  }

  /** The one who comes next sees nothing of this one. What was not sent yet stays: it is in this browser only. */
  #lost(): void {
    this.#forgetTalk();
    this.me.value = null;
    this.contactAsked.value = false;
    this.#memory.set("contact-asked", undefined);
  }

  #forgetTalk(): void {
    this.#live.peek()?.dispose();
    batch(() => {
      this.#live.value = null;
      this.#past.value = [];
    });
  }

  #connected(): void {
    this.#seen = 0;
    if (this.notice.peek()?.code === "offline") this.notice.value = null;
    this.#live.peek()?.connected();
    void this.#outbox.flush();
    if (this.#page) this.visit(this.#page);
    this.#takeIdentity();
  }

  #takeIdentity(): void {
    const contact = this.#identifyLater;
    this.#identifyLater = undefined;
    if (contact) void this.identify(contact);
  }

  #restart(): void {
    this.#hub.stop();
    this.#forgetTalk();
    this.broken.value = null;
    this.#hub.start();
  }

  #follow(id: string): void {
    const before = this.#live.peek();
    if (before?.id === id) return;
    before?.dispose();
    const live = new LiveConversation(id, { role: "visitor", id: this.me.peek()?.id ?? "" }, {
      open: async () => (await this.#sync(id, -1)).snapshot!,
      sync: (rev) => this.#sync(id, rev),
      entries: (before, limit) => this.#hub.invoke("Entries", { conversationId: id, before, limit }),
    });
    batch(() => {
      this.#past.value = [...this.#past.peek(), ...(before?.snapshot.peek()?.entries ?? [])];
      this.#live.value = live;
    });
    if (this.connection.peek() === "connected") live.connected();
  }

  async #sync(id: string, rev: number): Promise<CatchUp> {
    try {
      return await this.#hub.invoke("Sync", { conversationId: id, rev });
    } catch (error) {
      // Erased: whom the site still vouches for comes back under a good token, but without it.
      if (error instanceof HubError && error.code === "not-found" && this.#live.peek()?.id === id) this.#forgetTalk();
      throw error;
    }
  }

  #receive(events: LiveEvent[]): void {
    for (const event of events) {
      if (event.kind !== "entry") continue;
      // Another tab, or the next message after the end, began a conversation.
      if (event.entry.seq === 1 && event.conversationId !== this.#live.peek()?.id) this.#follow(event.conversationId);
      if (event.conversationId !== this.#live.peek()?.id || !isTheirs(event.entry)) continue;
      tellPage({ type: "message", from: event.entry.author.name ?? event.entry.author.type, text: wordsOf(event.entry) });
      const unseen = !this.open.peek() || document.visibilityState === "hidden";
      if (event.entry.author.type === "agent" && unseen && this.sound.peek()) void alone(event.entry.id, chime);
    }
    this.#live.peek()?.receive(events);
  }

  #sent(item: { id: string }, posted: Said): void {
    // Sent again after another tab had ended its conversation and begun the next: it stands in the one before.
    const now = this.#live.peek()?.snapshot.peek()?.summary;
    if (now && now.id !== posted.conversationId && Date.parse(posted.at) < Date.parse(now.startedAt)) return this.#outbox.arrived([item]);
    this.#follow(posted.conversationId);
    this.#live.peek()!.expect(posted.rev);
  }

  #sendTyping(isTyping: boolean): void {
    this.#typingSent = isTyping ? Date.now() : 0;
    if (this.connection.peek() === "connected") this.#hub.invoke("Typing", isTyping).catch(() => {});
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    this.notice.value = null;
    try {
      await action();
      return true;
    } catch (error) {
      this.notice.value = reason(error);
      return false;
    }
  }
}

/** Something said to the visitor. */
export const isTheirs = (entry: Entry): boolean =>
  (entry.kind === "text" || entry.kind === "attachment") && entry.author.type !== "visitor";
