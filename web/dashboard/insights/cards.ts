import type { Visitor } from "@livesupport/shared/protocol.ts";
import { safeUrl } from "@livesupport/shared/text.ts";
import { ago, timeOf } from "../shell/time.ts";

/** What one connected provider says of a customer. The server fetches it; a provider that is not connected is absent. */
export interface Card<T> {
  state: "loading" | "fresh" | "stale" | "error" | "no-email" | "not-found";
  /** When `data` was true. */
  at?: string | null;
  /** The site vouches for the e-mail that was looked up. */
  verified: boolean;
  error?: { code: string; detail: string } | null;
  data?: T | null;
}

export interface Money {
  amount: string;
  currency: string;
}

export interface Order {
  id: string;
  name: string;
  createdAt: string;
  payment?: string | null;
  fulfillment?: string | null;
  total: Money;
  url?: string | null;
  items: { title: string; quantity: number; imageUrl?: string | null }[];
}

export interface Shopper {
  customerUrl?: string | null;
  ordersCount: number;
  lifetimeValue?: Money | null;
  orders: Order[];
}

export interface Meeting {
  id: string;
  name: string;
  startsAt: string;
  endsAt: string;
  status: string;
  host?: string | null;
  joinUrl?: string | null;
  rescheduleUrl?: string | null;
  cancelUrl?: string | null;
}

export interface Meetings {
  upcoming: Meeting[];
  past: Meeting[];
  cancelled: Meeting[];
}

export interface Ticket {
  id: string;
  subject: string;
  status: string;
  priority?: string | null;
  updatedAt: string;
  url?: string | null;
}

export interface Tickets {
  open: Ticket[];
  previous: Ticket[];
}

export interface OwnCard {
  title: string;
  fields: { label: string; value: string; url?: string | null }[];
}

export interface Cards {
  shopify?: Card<Shopper>;
  calendly?: Card<Meetings>;
  zendesk?: Card<Tickets>;
  card?: Card<OwnCard>;
}

export const cardsOf = (visitor: Visitor): Cards => visitor.integrations as Cards;

/** The small print beside a card's title: how old it is, and whether the provider answers. */
export function ageOf(card: Card<unknown>, today?: number): string {
  if (!card.at) return "";
  return card.error ? `unavailable, showing data from ${timeOf(card.at)}` : ago(card.at, today);
}

/** Why a card has nothing to show, or what somebody has to do so that it shows more than it had. */
export function reasonOf(card: Card<unknown>, what: string): string | null {
  if (card.error?.code === "token-invalid") return card.error.detail;
  if (card.state === "no-email") return `${what} appear once the visitor gives an e-mail address.`;
  if (card.state === "not-found") return "No customer found with this e-mail address.";
  if (!card.data && card.error) return card.error.detail;
  return null;
}

/** The providers beside which there is no card, by their names. */
export function missingIn(cards: Cards): string[] {
  const names: [keyof Cards, string][] = [["shopify", "Shopify"], ["calendly", "Calendly"], ["zendesk", "Zendesk"]];
  return names.filter(([provider]) => !cards[provider]).map(([, name]) => name);
}

export type Tone = "good" | "waiting" | "bad" | "plain";

const tones: Record<string, Tone> = {
  fulfilled: "good",
  delivered: "good",
  paid: "good",
  solved: "good",
  closed: "plain",
  unfulfilled: "waiting",
  partially_fulfilled: "waiting",
  in_progress: "waiting",
  on_hold: "waiting",
  pending: "waiting",
  authorized: "waiting",
  partially_paid: "waiting",
  open: "waiting",
  new: "waiting",
  hold: "waiting",
  urgent: "bad",
  voided: "bad",
  expired: "bad",
};

export const toneOf = (status: string): Tone => tones[status.toLowerCase().replaceAll(" ", "_")] ?? "plain";

/** "PARTIALLY_FULFILLED" → "Partially fulfilled". */
export function wordsOf(status: string): string {
  const words = status.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an agent wants to know first of an order: where the parcel is, unless the money is the matter. */
export function stateOf(order: Order): string | null {
  const payment = order.payment?.toLowerCase();
  if (payment && !["paid", "authorized"].includes(payment)) return order.payment!;
  return order.fulfillment ?? order.payment ?? null;
}

/** What the state leaves out: whether it is paid, or where the parcel is. */
export const besideStateOf = (order: Order): string | null =>
  (stateOf(order) === order.fulfillment ? order.payment : order.fulfillment) ?? null;

/** As the currency's own people write it; what is no amount is shown as it came. */
export function moneyOf(money: Money, round = false): string {
  const amount = Number(money.amount);
  if (!Number.isFinite(amount)) return `${money.amount} ${money.currency}`;
  try {
    return new Intl.NumberFormat("en-GB", {
      style: "currency",
      currency: money.currency,
      currencyDisplay: "narrowSymbol",
      ...(round && { maximumFractionDigits: 0, minimumFractionDigits: 0 }),
    }).format(amount);
  } catch {
    return `${money.amount} ${money.currency}`;
  }
}

const MostPictures = 4;

/** The first pictures of what was ordered, and how many items have none there. */
export function picturesOf(order: Order): { shown: { url: string; title: string }[]; more: number } {
  const shown = order.items
    .flatMap(({ title, imageUrl }) => {
      const url = safeUrl(imageUrl ?? undefined);
      return url ? [{ url, title }] : [];
    })
    .slice(0, MostPictures);
  return { shown, more: shown.length ? order.items.length - shown.length : 0 };
}

/** "Linen shirt S + 2 more". */
export function itemsOf(order: Order): string {
  const [first, ...rest] = order.items;
  return first ? first.title + (rest.length ? ` + ${rest.length} more` : "") : "";
}
