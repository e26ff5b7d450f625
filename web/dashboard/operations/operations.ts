import type { Author, ConversationEvent, Entry, Mode, Status } from "@livesupport/shared/protocol.ts";
import { call } from "../api.ts";

// What administrators see of the inside. Times are in seconds, rates and quantiles of the last minute.

export interface Timing {
  perSecond: number;
  p50?: number;
  p99?: number;
}

export interface TrendPoint {
  messages: number;
  calls: number;
  cpu: number;
  ackP99?: number;
}

export interface Report {
  id: string;
  name: string;
  role: "all" | "silo" | "edge";
  version: string;
  startedAt: string;
  state: "running" | "stopping";
  /** Of one core. */
  cpu: number;
  memory: number;
  messagesPerSecond: number;
  commit: Timing;
  edge?: {
    agentSockets: number;
    visitorSockets: number;
    leases: number;
    tickAge: number;
    send: Timing;
    lag: Timing;
    resyncs: number;
    slowDisconnects: number;
    refusals: number;
  };
  store?: { kind: string; problem?: string; commit: Timing; writesPerSecond: number; batch?: number; bytes?: number };
  trend: TrendPoint[];
}

export interface Process {
  report: Report;
  silentForSeconds: number;
  stale: boolean;
}

export interface GrainUse {
  grain: string;
  activations: number;
  callsPerSecond: number;
  p50?: number;
  p99?: number;
  errors: number;
  methods: { method: string; calls: Timing; errors: number }[];
}

export interface Inside {
  engine: string;
  at: string;
  processes: Process[];
  silos?: { address: string; status: string; activations: number }[];
  problem?: string;
  grains: GrainUse[];
}

export interface Row {
  id: string;
  rev: number;
  seq: number;
  visitor: { id: string; name?: string; email?: string };
  mode: Mode;
  status: Status;
  isCase: boolean;
  owner?: { id: string; name: string } | null;
  startedAt: string;
  lastAt: string;
  waitingSince?: string;
  dueAt?: string;
}

/** An event as the grain has it: without the conversation's id. */
export type Happening = Omit<ConversationEvent, "conversationId"> & { rev: number; at: string; kind: string } & {
  entry?: Entry;
  mode?: Mode;
  status?: Status;
  owner?: { id: string; name: string } | null;
  by?: Author;
  seq?: number;
  until?: string;
  epoch?: number;
};

export interface TimelineItem {
  event: Happening;
  /** Visitors do not see it. */
  hidden: boolean;
}

export interface LaidOpen {
  conversation: {
    row: Row;
    eTag?: string;
    epoch: number;
    snoozedUntil?: string;
    solvedAt?: string;
    ended: boolean;
    visitorSeenSeq: number;
    reads: Record<string, number>;
    botOwes: number[];
    sealedEntries: number;
    viewers: { id: string; name: string }[];
    queueIsTold: boolean;
    hasMore: boolean;
  };
  queueRow?: Row;
  queueAgrees: boolean;
  host?: string;
  timeline: TimelineItem[];
}

export const loadInside = (): Promise<Inside> => call("GET", "/api/operations");

export const loadConversation = (id: string): Promise<LaidOpen> => call("GET", `/api/operations/conversations/${encodeURIComponent(id)}`);
