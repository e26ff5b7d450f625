import { signal } from "@preact/signals";
import type { HubState } from "@livesupport/shared/hub.ts";
import type { LiveEvent } from "@livesupport/shared/protocol.ts";
import type { Wire } from "./wire.ts";

interface Call {
  method: string;
  args: unknown[];
  answer(value?: unknown): Promise<void>;
  refuse(error: Error): Promise<void>;
}

/** A server whose answers a test gives by hand, in the order that it chooses. */
export class TestWire implements Wire {
  readonly state = signal<HubState>("connected");
  readonly outdated = signal(false);
  readonly calls: Call[] = [];
  private readonly events: ((batch: LiveEvent[]) => void)[] = [];
  private readonly connects: (() => void)[] = [];

  invoke(method: string, ...args: unknown[]): Promise<never> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        method,
        args,
        answer: (value) => settled(() => resolve(value as never)),
        refuse: (error) => settled(() => reject(error)),
      });
    });
  }

  onEvents(listener: (batch: LiveEvent[]) => void): void {
    this.events.push(listener);
  }

  onConnected(listener: () => void): void {
    this.connects.push(listener);
  }

  restart(): void {
    this.connect();
  }

  tell(...batch: LiveEvent[]): void {
    this.events.forEach((listener) => listener(batch));
  }

  connect(): void {
    this.state.value = "connected";
    this.connects.forEach((listener) => listener());
  }

  last(method: string): Call {
    return this.calls.findLast((call) => call.method === method)!;
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }
}

/** Done when everything that waited for it has run. */
export async function settled(act: () => void): Promise<void> {
  act();
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
