import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ConversationSummary } from "@livesupport/shared/protocol.ts";

/** Something that is done to many, and how far it is. */
export interface Work {
  /** "Solving" */
  doing: string;
  done: number;
  of: number;
  stop(): void;
}

/** The conversations that are chosen for something to be done to all of them. What leaves the list is no longer chosen. */
export class Ticked {
  private readonly ids = signal<ReadonlySet<string>>(new Set());
  private last: string | null = null;
  /** In the order of the list. */
  readonly rows: ReadonlySignal<readonly ConversationSummary[]>;
  /** What is being done to them right now. */
  readonly work = signal<Work | null>(null);
  readonly any = computed(() => this.work.value !== null || this.rows.value.length > 0);

  constructor(private readonly list: ReadonlySignal<readonly ConversationSummary[]>) {
    this.rows = computed(() => (this.ids.value.size ? list.value.filter((row) => this.ids.value.has(row.id)) : []));
  }

  has(id: string): boolean {
    return this.ids.value.has(id);
  }

  toggle(id: string): void {
    const ids = new Set(this.ids.peek());
    if (!ids.delete(id)) ids.add(id);
    this.ids.value = ids;
    this.last = id;
  }

  /** Everything from the one that was ticked last to this one. */
  through(id: string): void {
    const list = this.list.peek();
    const [from, to] = [this.last, id].map((end) => list.findIndex((row) => row.id === end)) as [number, number];
    if (from < 0 || to < 0) return this.toggle(id);
    this.add(list.slice(Math.min(from, to), Math.max(from, to) + 1));
    this.last = id;
  }

  /** All that are loaded. */
  all(): void {
    this.add(this.list.peek());
  }

  clear(): void {
    this.ids.value = new Set();
    this.last = null;
  }

  private add(rows: readonly ConversationSummary[]): void {
    this.ids.value = new Set([...this.ids.peek(), ...rows.map((row) => row.id)]);
  }
}
