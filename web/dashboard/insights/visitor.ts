import { useEffect, useState } from "preact/hooks";
import type { PresenceEvent, Visitor, VisitorEvent } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import { cardsOf } from "./cards.ts";

type News = VisitorEvent | PresenceEvent;

interface Shown {
  visitor: Visitor | null;
  failed: string | null;
}

/** The server asks the providers anew when somebody looks and what it has is old: this is how often an open panel looks. */
const LookEvery = 60_000;

/** A card that is being fetched comes by the hub. When its event was missed, who asks again finds it: first soon, then ever more seldom. */
const CardSoon = 2_000;

/** What is known of a visitor, kept current by what the hub tells. */
export function useVisitor(desk: Desk, id: string | null): Shown & { retry(): void } {
  const [known, setKnown] = useState<(Shown & { id: string }) | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!id) return;
    const watch = new VisitorWatch(id, () => desk.api.visitor(id), (shown) => setKnown({ id, ...shown }));
    const off = desk.onVisitor((event) => watch.hear(event));
    return () => {
      off();
      watch.end();
    };
  }, [id, turn]);
  const current = known?.id === id ? known : null;
  return { visitor: current?.visitor ?? null, failed: current?.failed ?? null, retry: () => setTurn(turn + 1) };
}

/** Asks for one visitor and keeps the answer current. What the hub tells while an answer is on its way is newer than the answer. */
export class VisitorWatch {
  private visitor: Visitor | null = null;
  private readonly onTheWay = new Set<News[]>();
  private readonly interval = setInterval(() => void this.look(), LookEvery);
  private soon: ReturnType<typeof setTimeout> | undefined;
  private patience = CardSoon;
  private ended = false;

  constructor(
    private readonly id: string,
    private readonly ask: () => Promise<Visitor>,
    private readonly show: (shown: Shown) => void,
  ) {
    void this.look();
  }

  hear(event: News): void {
    if ((event.kind === "presence" ? event.visitorId : event.visitor.id) !== this.id) return;
    for (const meanwhile of this.onTheWay) meanwhile.push(event);
    if (!this.visitor) return;
    const before = this.visitor;
    this.take(after(before, event));
    // Cards of the new address have to be asked for: nobody sends what nobody has looked at.
    if (event.kind !== "presence" && isAnother(before, event.visitor)) void this.look();
  }

  end(): void {
    this.ended = true;
    clearInterval(this.interval);
    this.rest();
  }

  private async look(): Promise<void> {
    if (this.visitor && document.visibilityState === "hidden") return;
    const meanwhile: News[] = [];
    this.onTheWay.add(meanwhile);
    try {
      const visitor = await this.ask();
      this.take(meanwhile.reduce(after, visitor));
    } catch (error) {
      // What is on the screen stays there; the connection says for itself that it is gone.
      if (!this.visitor && !this.ended) this.show({ visitor: null, failed: (error as Error).message });
    } finally {
      this.onTheWay.delete(meanwhile);
    }
  }

  private take(visitor: Visitor): void {
    if (this.ended) return;
    this.visitor = visitor;
    this.show({ visitor, failed: null });
    if (Object.values(cardsOf(visitor)).some((card) => card?.state === "loading")) this.soon ??= setTimeout(() => void this.lookAgain(), this.patience);
    else this.rest();
  }

  private lookAgain(): Promise<void> {
    this.soon = undefined;
    this.patience = Math.min(this.patience * 2, LookEvery);
    return this.look();
  }

  /** Nothing is awaited any more. */
  private rest(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.patience = CardSoon;
  }
}

const after = (visitor: Visitor, event: News): Visitor =>
  event.kind === "presence" ? { ...visitor, online: event.online } : merged(visitor, event.visitor);

/** Each card comes when its provider has answered; the others stay as they are, unless they are of another address. */
export const merged = (visitor: Visitor, news: Partial<Visitor>): Visitor => ({
  ...visitor,
  ...news,
  integrations: { ...(isAnother(visitor, news) ? {} : visitor.integrations), ...news.integrations },
});

const isAnother = (visitor: Visitor, news: Partial<Visitor>): boolean =>
  news.email !== undefined && news.email?.toLowerCase() !== visitor.email?.toLowerCase();
