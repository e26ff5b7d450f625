import type { ComponentChildren } from "preact";
import { safeUrl } from "@livesupport/shared/text.ts";
import type { Visitor } from "@livesupport/shared/protocol.ts";
import { dayOf, fullTime, now, timeOf } from "../shell/time.ts";
import {
  ageOf, besideStateOf, cardsOf, itemsOf, missingIn, moneyOf, picturesOf, reasonOf, stateOf, toneOf, wordsOf,
  type Card, type Meeting, type Meetings, type Order, type OwnCard, type Shopper, type Ticket, type Tickets,
} from "./cards.ts";
import { Whole } from "./whole.tsx";
import "./cards.css";

/** What other systems know of the customer; each for itself, so that one that fails hides no other. */
export function ProviderCards({ visitor }: { visitor: Visitor }) {
  const cards = cardsOf(visitor);
  const { shopify, calendly, zendesk, card } = cards;
  const missing = missingIn(cards);
  if (!shopify && !calendly && !zendesk && !card) {
    return (
      <section class="insight">
        <h3>Orders, appointments, tickets</h3>
        <p class="why">Nothing is connected. They appear here once an administrator connects a shop, calendar or ticket system.</p>
      </section>
    );
  }
  const unproved = [shopify, calendly, zendesk, card].some((one) => one?.data && !one.verified);
  return (
    <>
      {unproved && (
        <p class="unverified">
          <b>E-mail not verified.</b> The visitor typed it; ask for an order number before you share details.
        </p>
      )}
      {shopify && <Section title="Shopify" what="Orders" card={shopify}>{(data) => <Orders of={data} />}</Section>}
      {calendly && <Section title="Calendly" what="Meetings" card={calendly}>{(data) => <MeetingList of={data} />}</Section>}
      {zendesk && <Section title="Zendesk" what="Tickets" card={zendesk}>{(data) => <TicketList of={data} />}</Section>}
      {card && <Section title={card.data?.title ?? "Your system"} what="Details" card={card}>{(data) => <OwnFields of={data} />}</Section>}
      {missing.length > 0 && <p class="why is-missing-providers">Not connected: {missing.join(", ")}.</p>}
    </>
  );
}

interface SectionProps<T> {
  title: string;
  what: string;
  card: Card<T>;
  children(data: T): ComponentChildren;
}

function Section<T>({ title, what, card, children }: SectionProps<T>) {
  const reason = reasonOf(card, what);
  const age = ageOf(card, now.value);
  return (
    <section class="insight" aria-busy={card.state === "loading"}>
      <h3>
        {title}
        {age && (
          <span class={card.error ? "is-away" : undefined} title={card.error?.detail ?? fullTime(card.at!)}>
            {age}
          </span>
        )}
      </h3>
      {card.data != null && children(card.data)}
      {card.data == null && card.state === "loading" && (
        <div class="card-bones" role="status" aria-label={`Loading ${what.toLowerCase()}`}>
          <i class="bone" style={{ width: "64%" }} />
          <i class="bone" style={{ width: "46%" }} />
        </div>
      )}
      {reason && (
        <p class={card.error ? "why is-away" : "why"} role={card.error ? "alert" : undefined}>
          <Whole text={reason} />
        </p>
      )}
    </section>
  );
}

function Orders({ of }: { of: Shopper }) {
  return (
    <>
      <div class="figures">
        {of.lifetimeValue && <Figure value={moneyOf(of.lifetimeValue, true)} label="lifetime value" />}
        <Figure value={of.ordersCount.toLocaleString("en-GB")} label={of.ordersCount === 1 ? "order" : "orders"} />
      </div>
      <ul class="things">
        {of.orders.map((order) => (
          <OrderLine key={order.id} order={order} />
        ))}
      </ul>
    </>
  );
}

function OrderLine({ order }: { order: Order }) {
  const state = stateOf(order);
  const beside = besideStateOf(order);
  const { shown, more } = picturesOf(order);
  const [only] = order.items.length === 1 ? shown : [];
  const items = itemsOf(order);
  return (
    <li>
      {only && <img src={only.url} alt="" width={34} height={34} loading="lazy" />}
      <div title={order.items.map((item) => `${item.quantity} × ${item.title}`).join("\n")}>
        <Linked url={order.url}>
          {order.name}
          {items && ` · ${items}`}
        </Linked>
        <small>
          {dayOf(order.createdAt)} · {moneyOf(order.total)}
          {beside && ` · ${wordsOf(beside)}`}
        </small>
        {!only && shown.length > 0 && (
          <p class="pictures">
            {shown.map(({ url, title }, index) => (
              <img key={index} src={url} alt={title} title={title} width={34} height={34} loading="lazy" />
            ))}
            {more > 0 && <span>+{more}</span>}
          </p>
        )}
      </div>
      {state && <Pill status={state} />}
    </li>
  );
}

function MeetingList({ of }: { of: Meetings }) {
  const all: [string, Meeting][] = [
    ...of.upcoming.map((meeting): [string, Meeting] => ["Upcoming", meeting]),
    ...of.past.map((meeting): [string, Meeting] => ["Past", meeting]),
    ...of.cancelled.map((meeting): [string, Meeting] => ["Cancelled", meeting]),
  ];
  if (all.length === 0) return <p class="why">No meetings.</p>;
  return (
    <ul class="things">
      {all.map(([when, meeting]) => (
        <li key={meeting.id}>
          <div>
            <span class={when === "Cancelled" ? "is-struck" : undefined}>{meeting.name}</span>
            <small>
              {fullTime(meeting.startsAt)}–{timeOf(meeting.endsAt)}
              {meeting.host && ` · ${meeting.host}`}
            </small>
            {when === "Upcoming" && (
              <small class="ways">
                <Way url={meeting.joinUrl}>Join</Way>
                <Way url={meeting.rescheduleUrl}>Reschedule</Way>
                <Way url={meeting.cancelUrl}>Cancel</Way>
              </small>
            )}
          </div>
          <span class={`pill ${when === "Upcoming" ? "is-good" : ""}`}>{when}</span>
        </li>
      ))}
    </ul>
  );
}

function TicketList({ of }: { of: Tickets }) {
  if (of.open.length + of.previous.length === 0) return <p class="why">No tickets.</p>;
  return (
    <ul class="things">
      {[...of.open, ...of.previous].map((ticket) => (
        <TicketLine key={ticket.id} ticket={ticket} />
      ))}
    </ul>
  );
}

const TicketLine = ({ ticket }: { ticket: Ticket }) => (
  <li>
    <div>
      <Linked url={ticket.url}>
        #{ticket.id} {ticket.subject}
      </Linked>
      <small>
        {ticket.priority && `${wordsOf(ticket.priority)} · `}changed {dayOf(ticket.updatedAt).replace(/^(Today|Yesterday)$/, (day) => day.toLowerCase())}
      </small>
    </div>
    <Pill status={ticket.status} />
  </li>
);

const OwnFields = ({ of }: { of: OwnCard }) => (
  <dl>
    {of.fields.map((field) => (
      <>
        <dt>{field.label}</dt>
        <dd title={field.value}>
          <Linked url={field.url}>{field.value}</Linked>
        </dd>
      </>
    ))}
  </dl>
);

const Figure = ({ value, label }: { value: string; label: string }) => (
  <div>
    <b>{value}</b>
    <small>{label}</small>
  </div>
);

const Pill = ({ status }: { status: string }) => <span class={`pill is-${toneOf(status)}`}>{wordsOf(status)}</span>;

function Linked({ url, children }: { url?: string | null; children: ComponentChildren }) {
  const href = safeUrl(url ?? undefined);
  return href ? (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ) : (
    <span>{children}</span>
  );
}

function Way({ url, children }: { url?: string | null; children: ComponentChildren }) {
  return url ? <Linked url={url}>{children}</Linked> : null;
}
