/**
 * What crosses the wire, as the server's contracts name it (JSON camelCase; times RFC 3339 in UTC; ids opaque).
 * An absent value may arrive as `null` or not at all: `Optional`.
 */
export type Optional<T> = T | null | undefined;

export type Mode = "bot" | "human_interaction";
export type Status = "active" | "snoozed" | "solved";
export type EntryKind = "text" | "attachment" | "note" | "system";
export type AuthorType = "visitor" | "bot" | "agent" | "system";
export type View = "all" | "inbox" | "unassigned";
export type Filter = "all" | "active" | "solved" | "mine" | "unassigned";
export type Sort = "newest" | "oldest" | "unread";
export type Role = "agent" | "supervisor" | "admin";
export type Availability = "online" | "away" | "offline";

export interface AgentRef {
  id: string;
  name: string;
}

export interface Author {
  type: AuthorType;
  id?: Optional<string>;
  name?: Optional<string>;
}

/** Where the bot's answer comes from. Show `url` only through `safeUrl`. */
export interface Source {
  title: string;
  url?: Optional<string>;
}

export interface Attachment {
  id: string;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
}

/** What a system entry says. */
export type SystemCode =
  | "joined"
  | "left"
  | "took-over"
  | "handed-to-bot"
  | "asked-for-person"
  | "bot-handed-off"
  | "solved"
  | "ended"
  | "reopened"
  | "snoozed"
  | "woke"
  | "assigned"
  | "unassigned"
  | "rated"
  /** The visitor was erased: this line stands for all that was said before it. */
  | "erased";

/** One line of the transcript. Its place is `seq`, never the clock; `id` is the sender's own id of the message. */
export interface Entry {
  seq: number;
  rev: number;
  id: string;
  kind: EntryKind;
  author: Author;
  /** As sent. Shown as text, never as HTML. */
  text: string;
  at: string;
  attachments?: Optional<Attachment[]>;
  sources?: Optional<Source[]>;
  code?: Optional<SystemCode>;
  /** The bot does not know and offers a person. */
  offersPerson?: Optional<boolean>;
}

export interface SummaryVisitor {
  id: string;
  name?: Optional<string>;
  email?: Optional<string>;
  online: boolean;
}

/** A row of the queue as one agent sees it. */
export interface ConversationSummary {
  id: string;
  rev: number;
  seq: number;
  visitor: SummaryVisitor;
  mode: Mode;
  status: Status;
  isCase: boolean;
  owner: AgentRef | null;
  preview: string;
  /** Whose words `preview` are. */
  previewBy?: Optional<Author>;
  startedAt: string;
  lastAt: string;
  /** Since when the visitor waits for a person. */
  waitingSince?: Optional<string>;
  /** When a snooze ends. */
  snoozedUntil?: Optional<string>;
  unread: number;
}

export interface Viewer {
  id: string;
  name: string;
}

/** A page of entries and the state that events change. */
export interface ConversationSnapshot {
  summary: ConversationSummary;
  epoch: number;
  /** The newest entries, oldest first. */
  entries: Entry[];
  hasMore: boolean;
  viewers: Viewer[];
  snoozedUntil?: Optional<string>;
  visitorSeenSeq: number;
  /** How far agents have seen it, whoever came furthest: the visitor's "Seen". */
  agentSeenSeq: number;
  /** The visitor's entries so far; with a `read` event it gives the unread count. */
  visitorEntries: number;
}

export interface ViewCounts {
  all: number;
  inbox: number;
  unassigned: number;
}

export interface QueueCounts {
  views: ViewCounts;
  filters: Record<Filter, number>;
  /** The views' active conversations: what the tabs show. */
  active: ViewCounts;
}

export interface PageView {
  url: string;
  title?: Optional<string>;
  referrer?: Optional<string>;
}

export interface VisitorLocation {
  country: string;
  region?: Optional<string>;
}

export interface Visitor {
  id: string;
  name?: Optional<string>;
  email?: Optional<string>;
  verified: boolean;
  online: boolean;
  page?: Optional<PageView>;
  device: "mobile" | "desktop";
  browser?: Optional<string>;
  location?: Optional<VisitorLocation>;
  locale?: Optional<string>;
  timeZone?: Optional<string>;
  startedAt: string;
  lastSeenAt?: Optional<string>;
  /** The one in which the visitor writes; not once it is solved. */
  current?: Optional<ConversationSummary>;
  /** All others. */
  previous: ConversationSummary[];
  integrations: Record<string, unknown>;
}

export interface Contact {
  id: string;
  name?: Optional<string>;
  email?: Optional<string>;
  verified: boolean;
}

// ---- events ----

/** A committed change of one conversation. `rev` is dense: a reader of rev n applies n+1 and asks for the rest beyond. */
interface Committed {
  conversationId: string;
  rev: number;
  at?: Optional<string>;
}

export type ConversationEvent = Committed &
  (
    | { kind: "entry"; entry: Entry }
    | { kind: "mode"; mode: Mode; epoch: number }
    | { kind: "status"; status: Status; epoch: number; until?: Optional<string> }
    | { kind: "owner"; owner: AgentRef | null; epoch: number }
    | { kind: "read"; by: Author; seq: number; visitorEntriesRead: number }
    | { kind: "contact"; visitor: Contact }
    /** A change that this reader must not see; it only advances `rev`. */
    | { kind: "hidden" }
  );

export interface TypingEvent {
  kind: "typing";
  conversationId: string;
  by: Author;
  isTyping: boolean;
}

export interface ViewersEvent {
  kind: "viewers";
  conversationId: string;
  viewers: Viewer[];
}

export interface PresenceEvent {
  kind: "presence";
  visitorId: string;
  online: boolean;
}

export interface VisitorEvent {
  kind: "visitor";
  visitor: Partial<Visitor> & { id: string };
}

/**
 * What happened in the watched window: the first `limit` rows of its list, from its cursor on, at every moment. `row` came in
 * (also when it moved up because another left) or changed; `removed` left the list or was pushed out at the window's end. A
 * Watch that goes on at the cursor of the answer before adds its rows to the window; any other begins a new one.
 */
export type QueueRowEvent = { kind: "queue-row"; version: number } & (
  | { row: ConversationSummary; removed?: undefined }
  | { removed: string; row?: undefined }
);

export interface QueueCountsEvent {
  kind: "queue-counts";
  counts: QueueCounts;
}

export interface AgentEvent {
  kind: "agent";
  agent: Agent;
}

/** Worth calling the agent back for: somebody waits for anybody, a conversation was given to them, or something is unread in one of theirs. */
export interface AlertEvent {
  kind: "alert";
  why: "waiting" | "assigned" | "message";
  conversationId: string;
  visitor?: Optional<{ id: string; name?: Optional<string>; email?: Optional<string> }>;
  preview?: Optional<string>;
}

/**
 * The queue's heartbeat, on the agents' hub only: it says nothing to a visitor, who sees no queue and notices a lost event by
 * `rev`. That a connection lives is what SignalR's own pings say, on both hubs.
 */
export interface TickEvent {
  kind: "tick";
  version: number;
}

/** What this page speaks: the server's number (api/Edge/Frames.cs) when it was built. */
export const spoken = 1;

export interface HelloEvent {
  kind: "hello";
  protocol: number;
  serverTime: string;
}

/** The server ends the connection; `reconnect` says whether it is worth coming back, `afterMs` that it should not be sooner. All codes: docs/sockets.md. */
export interface ByeEvent {
  kind: "bye";
  code: string;
  reconnect: boolean;
  afterMs?: number;
}

export type LiveEvent =
  | ConversationEvent
  | TypingEvent
  | ViewersEvent
  | PresenceEvent
  | VisitorEvent
  | QueueRowEvent
  | QueueCountsEvent
  | AgentEvent
  | AlertEvent
  | TickEvent
  | HelloEvent
  | ByeEvent;

// ---- hubs ----

export type CatchUp =
  | { events: ConversationEvent[]; snapshot?: Optional<undefined> }
  | { snapshot: ConversationSnapshot; events?: Optional<undefined> };

export interface Posted {
  seq: number;
  rev: number;
  at: string;
}

/** What a visitor's message is answered: they do not choose its conversation. */
export interface Said extends Posted {
  conversationId: string;
}

export interface SyncRequest {
  conversationId: string;
  rev: number;
}

export interface SeenRequest {
  conversationId: string;
  seq: number;
}

export interface VisitorMessage {
  clientId: string;
  text: string;
  attachmentIds?: string[];
}

/** `/hubs/visitor`: method → signature. */
export interface VisitorHub {
  Send(message: VisitorMessage): Said;
  Sync(request: SyncRequest): CatchUp;
  Typing(isTyping: boolean): void;
  Seen(request: SeenRequest): void;
  Page(page: { url: string; title: string }): void;
  /** Whether anybody of the team is online. */
  Team(): { online: boolean };
  TalkToHuman(): void;
  Identify(contact: { name?: string; email?: string }): void;
  Rate(rating: { conversationId: string; score: number; comment?: string }): void;
  End(request: { conversationId: string }): void;
  Entries(request: { conversationId: string; before: number; limit: number }): EntryPage;
}

export interface WatchRequest {
  view: View;
  filter: Filter;
  sort: Sort;
  limit: number;
  cursor?: string;
}

export interface QueuePage {
  rows: ConversationSummary[];
  counts: QueueCounts;
  cursor?: Optional<string>;
  version: number;
}

export interface AgentMessage {
  conversationId: string;
  clientId: string;
  text: string;
  kind: "reply" | "note";
  /** The newest entry that the agent had on screen; the answer is `conflict` when a colleague has replied since. */
  basedOnSeq?: number;
  attachmentIds?: string[];
}

export interface JoinResult {
  outcome: "joined" | "already-mine" | "claimed-by-other";
  by?: Optional<AgentRef>;
}

/** `/hubs/agent`: method → signature. */
export interface AgentHub {
  Watch(request: WatchRequest): QueuePage;
  Open(conversationId: string): ConversationSnapshot;
  Close(conversationId: string): void;
  Sync(request: SyncRequest): CatchUp;
  Join(conversationId: string): JoinResult;
  UndoJoin(conversationId: string): void;
  TakeOver(conversationId: string): void;
  Send(message: AgentMessage): Posted;
  Typing(request: { conversationId: string; isTyping: boolean }): void;
  Seen(request: SeenRequest): void;
  /** The visitor's messages from `seq` on are unread again; without it from the newest on. */
  MarkUnread(request: { conversationId: string; seq?: number }): void;
  HandToBot(conversationId: string): void;
  Solve(conversationId: string): void;
  Reopen(conversationId: string): void;
  Assign(request: { conversationId: string; agentId: string | null }): void;
  Snooze(request: { conversationId: string; until: string }): void;
  SetAvailability(availability: Availability): void;
  /** From now on this connection is told of what is worth an alert. */
  Alerts(on: boolean): void;
}

// ---- REST ----

export interface Agent {
  id: string;
  name: string;
  email: string;
  role: Role;
  availability: Availability;
  /** Switched off by an administrator: cannot sign in. */
  deactivated?: Optional<boolean>;
}

export interface EntryPage {
  entries: Entry[];
  hasMore: boolean;
}

/** Hits in `snippet` stand between U+E000 and U+E001. */
export interface FoundMessage {
  conversationId: string;
  seq: number;
  snippet: string;
  at: string;
  visitor: Contact;
}

export interface FoundVisitor {
  id: string;
  name?: Optional<string>;
  email?: Optional<string>;
  lastConversationId: string;
}

export interface SearchResult {
  conversations: ConversationSummary[];
  visitors: FoundVisitor[];
  messages: FoundMessage[];
}

export interface WidgetSettings {
  teamName: string;
  greeting: string;
  /** `#rrggbb` */
  color: string;
  botEnabled: boolean;
  botName: string;
}

export interface SessionRequest {
  siteKey: string;
  visitorToken?: string;
  userToken?: string;
  locale?: string;
  timeZone?: string;
  page?: PageView;
}

export interface Session {
  visitorToken: string;
  accessToken: string;
  expiresInSeconds: number;
  visitor: Visitor;
  /** Where the visitor wrote last; it may be over. */
  conversationId?: Optional<string>;
  settings: WidgetSettings;
}

/** Characters (UTF-16 units) as the server counts them; bytes of an attachment, and how many a message may have. */
export const limits = { visitorText: 10_000, agentText: 20_000, name: 200, email: 254, url: 2_000, attachment: 25 * 1024 * 1024, attachments: 10 } as const;
