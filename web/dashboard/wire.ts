import type { ReadonlySignal } from "@preact/signals";
import { Hub, type HubState } from "@livesupport/shared/hub.ts";
import type { AgentHub, LiveEvent } from "@livesupport/shared/protocol.ts";

/** The live connection, as the screens use it. */
export interface Wire {
  readonly state: ReadonlySignal<HubState>;
  /** The server is newer than this page. */
  readonly outdated: ReadonlySignal<boolean>;
  invoke<M extends keyof AgentHub>(method: M, ...args: Parameters<AgentHub[M]>): Promise<ReturnType<AgentHub[M]>>;
  onEvents(listener: (batch: LiveEvent[]) => void): void;
  /** Called after every connect, the first and each later one. */
  onConnected(listener: () => void): void;
  /** Connects anew, as who the session says that we are now. */
  restart(): void;
}

/** The server's hub. `start` when all have registered. */
export function agentWire(refused: (code: string) => void): Wire & { start(): void; stop(): void } {
  const listeners: ((batch: LiveEvent[]) => void)[] = [];
  const connected: (() => void)[] = [];
  const hub = new Hub<AgentHub>({
    url: "/hubs/agent",
    onEvents: (batch) => listeners.forEach((listener) => listener(batch)),
    onConnected: () => connected.forEach((listener) => listener()),
    onRefused: refused,
  });
  return {
    state: hub.state,
    outdated: hub.outdated,
    invoke: (method, ...args) => hub.invoke(method, ...args),
    onEvents: (listener) => listeners.push(listener),
    onConnected: (listener) => connected.push(listener),
    restart: () => {
      hub.stop();
      hub.start();
    },
    start: () => hub.start(),
    stop: () => hub.stop(),
  };
}
