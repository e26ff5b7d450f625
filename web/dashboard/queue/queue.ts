import { computed, effect, signal } from "@preact/signals";
import { reason } from "@livesupport/shared/hub.ts";
import type { Filter, LiveEvent, Sort, View } from "@livesupport/shared/protocol.ts";
import { read, write } from "../shell/storage.ts";
import type { Wire } from "../wire.ts";
import { Ticked } from "./ticked.ts";
import { append, apply, begin, hasMore, withPresence, type Window } from "./window.ts";

export interface Selection {
  view: View;
  filter: Filter;
  sort: Sort;
}

const pageSize = 50;
const largestPage = 100;
/** So many rows of a list that is scrolled far down are loaded again after a break; more cost more calls than an agent has. */
const mostAgain = 500;
const remembered = "livesupport.queue";

/** The queue on screen: what is selected, the window of rows, and how it is kept alive. */
export class Queue {
  readonly selection = signal<Selection>({ view: "all", filter: "active", sort: "newest", ...read<Selection>(remembered) });
  readonly window = signal<Window | null>(null);
  readonly failed = signal<string | null>(null);
  readonly ticked = new Ticked(computed(() => this.window.value?.rows ?? []));
  readonly loadingMore = signal(false);
  /** Loaded conversations with something unread: for the tab's title. */
  readonly unread = computed(() => this.window.value?.rows.reduce((sum, row) => sum + (row.unread > 0 ? 1 : 0), 0) ?? 0);

  private readonly wire: Wire;
  private turn = 0;
  /** Events that came while a page was on its way: applied after it. Null when none is. */
  private held: LiveEvent[] | null = null;

  constructor(wire: Wire) {
    this.wire = wire;
    wire.onEvents((batch) => (this.held ? this.held.push(...batch) : this.takeAll(batch)));
    wire.onConnected(() => void this.watch());
    effect(() => write(remembered, this.selection.value));
  }

  select(change: Partial<Selection>): void {
    const before = this.selection.value;
    this.selection.value = { ...before, ...change };
    this.window.value = null;
    this.ticked.clear();
    void this.watch();
  }

  /** Asks for the rows from the first one on, as many as are loaded already, and from then on for their changes. */
  async watch(wanted = this.window.value?.rows.length ?? 0): Promise<void> {
    const turn = ++this.turn;
    const { view, filter, sort } = this.selection.value;
    const page = (limit: number, cursor?: string) => this.wire.invoke("Watch", { view, filter, sort, limit, ...(cursor && { cursor }) });
    this.held = [];
    this.failed.value = null;
    this.loadingMore.value = false;
    try {
      let window = begin(await page(Math.min(largestPage, Math.max(pageSize, wanted))), sort, filter);
      for (let missing; turn === this.turn && window.cursor && (missing = Math.min(wanted, mostAgain) - window.rows.length) > 0; )
        window = append(window, await page(Math.min(largestPage, missing), window.cursor));
      if (turn !== this.turn) return;
      this.window.value = window;
    } catch (error) {
      if (turn !== this.turn) return;
      if (this.wire.state.value === "connected") this.failed.value = reason(error).sentence;
    }
    const held = this.held ?? [];
    this.held = null;
    this.takeAll(held);
  }

  async more(): Promise<void> {
    const window = this.window.value;
    if (!window || !hasMore(window) || this.loadingMore.value || this.held) return;
    // It ended here when it was loaded, so there is no place to go on from.
    if (!window.cursor) return this.watch(window.rows.length + pageSize);
    const turn = this.turn;
    const { view, filter, sort } = this.selection.value;
    this.loadingMore.value = true;
    try {
      const page = await this.wire.invoke("Watch", { view, filter, sort, limit: pageSize, cursor: window.cursor });
      if (turn === this.turn) this.window.value = append(this.window.value!, page);
    } catch {
      // Scrolling on asks again.
    }
    if (turn === this.turn) this.loadingMore.value = false;
  }

  /** The conversation after or before one in the list; the first when it is not in it. */
  neighbour(id: string | null, step: 1 | -1): string | null {
    const rows = this.window.value?.rows ?? [];
    const at = rows.findIndex((row) => row.id === id);
    return (at < 0 ? rows[0] : rows[at + step])?.id ?? null;
  }

  /** One change of the screen for a whole batch. */
  private takeAll(batch: readonly LiveEvent[]): void {
    const window = this.window.value;
    if (window) this.window.value = batch.reduce(take, window);
  }
}

function take(window: Window, event: LiveEvent): Window {
  switch (event.kind) {
    case "queue-row":
      return apply(window, event);
    case "queue-counts":
      return { ...window, counts: event.counts };
    case "presence":
      return withPresence(window, event.visitorId, event.online);
    default:
      return window;
  }
}
