import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConversationSummary, Visitor } from "@livesupport/shared/protocol.ts";
import { safeUrl } from "@livesupport/shared/text.ts";
import type { Desk } from "../desk.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icons.tsx";
import { Menu } from "../shell/menu.tsx";
import { layer } from "../shell/layers.ts";
import { useLate } from "../shell/late.ts";
import { nameOf, pathOf, placeOf } from "../shell/people.ts";
import { go } from "../shell/place.ts";
import { ago, dayOf, now, timeOf, timeThere } from "../shell/time.ts";
import { ProviderCards } from "./cards.tsx";
import { EraseDialog } from "./erase.tsx";
import { Whole } from "./whole.tsx";
import "./insights.css";

interface Props {
  desk: Desk;
  summary: ConversationSummary | null;
  /** The person was erased. */
  erased: boolean;
  visitor: Visitor | null;
  failed: string | null;
  retry(): void;
  close(): void;
}

/** The customer, beside the chat. */
export function Insights({ desk, summary, erased, visitor, failed, retry, close }: Props) {
  const [erasing, setErasing] = useState(false);
  const late = useLate(!visitor && !failed && !erased);
  const over = matchMedia("(max-width: 1199px)").matches;
  useEffect(() => (over ? layer(close) : undefined), [over]);
  return (
    <aside class="insights" aria-label="Customer insights">
      <div class="insights-top">
        {summary && <Avatar who={summary.visitor} online={summary.visitor.online} size={42} />}
        <div class="insights-who">
          <h2>{summary ? nameOf(summary.visitor) : "\u00a0"}</h2>
          {summary && (
            <p>
              <span>{summary.visitor.email ? <Address of={summary.visitor.email} /> : erased ? "Erased" : "No e-mail yet"}</span>
              {visitor?.verified && <span class="tag is-verified">verified</span>}
            </p>
          )}
        </div>
        {visitor && desk.me.value.role === "admin" && (
          <Menu label="More" class="button is-icon is-bare" items={[{ label: "Erase this person…", icon: <Icon name="trash" size={16} />, pick: () => setErasing(true) }]}>
            <Icon name="more" />
          </Menu>
        )}
        <button type="button" class="button is-icon is-bare insights-close" aria-label="Close customer insights" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {erased && (
        <div class="empty">
          <strong>This person was erased</strong>
          <p>Name, e-mail, messages, notes and files are gone for good.</p>
        </div>
      )}
      {failed && (
        <div class="empty" role="alert">
          <strong>Customer info did not load</strong>
          <p>{failed}</p>
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
      {late && (
        <div class="insights-bones" role="status" aria-label="Loading customer info">
          {[70, 52, 64, 40].map((width) => (
            <i key={width} class="bone" style={{ width: `${width}%` }} />
          ))}
        </div>
      )}
      {visitor && summary && <Facts visitor={visitor} summary={summary} desk={desk} />}
      {visitor && summary && erasing && <EraseDialog desk={desk} who={summary.visitor} close={() => setErasing(false)} />}
    </aside>
  );
}

/** An address that is too long for its line breaks before its "@". */
function Address({ of }: { of: string }) {
  const at = of.lastIndexOf("@");
  return (
    <>
      {of.slice(0, at)}
      <wbr />
      {of.slice(at)}
    </>
  );
}

function Facts({ visitor, summary, desk }: { visitor: Visitor; summary: ConversationSummary; desk: Desk }) {
  const page = visitor.page;
  const href = safeUrl(page?.url);
  const place = placeOf(visitor.location);
  const there = timeThere(visitor.timeZone, now.value);
  // From an old conversation the open one is as near as the others.
  const others = [visitor.current, ...visitor.previous].filter((row) => row && row.id !== summary.id) as ConversationSummary[];
  return (
    <>
      <Section title="Now">
        <dl>
          <Fact name="Page">
            {page && href ? (
              <a href={href} title={page.title ?? page.url} target="_blank" rel="noopener noreferrer">
                {pathOf(page.url)}
              </a>
            ) : (
              <Missing>{visitor.online ? "not told yet" : "left the site"}</Missing>
            )}
          </Fact>
          <Fact name="Device">
            {deviceOf(visitor) ?? <Missing why="This visitor has not opened the chat in a browser yet.">—</Missing>}
          </Fact>
          {(place || !there) && <Fact name="Location">{place ?? <Missing why="Neither the network nor the browser says where the visitor is.">unknown</Missing>}</Fact>}
          {there && (
            <Fact name="Local time">
              {there} · {visitor.timeZone!.replaceAll("_", " ")}
            </Fact>
          )}
          <Fact name="Started">
            {dayOf(summary.startedAt) === "Today" ? "" : `${dayOf(summary.startedAt)}, `}
            {timeOf(summary.startedAt)}, {ago(summary.startedAt)}
          </Fact>
        </dl>
        {(!summary.visitor.name || !summary.visitor.email) && (
          <p class="why">
            <Whole text={!summary.visitor.name && !summary.visitor.email ? "Name and e-mail appear" : summary.visitor.email ? "The name appears" : "The e-mail appears"} />{" "}
            here once the visitor gives {!summary.visitor.name && !summary.visitor.email ? "them" : "it"} in the chat, or your site signs them in.
          </p>
        )}
      </Section>
      <ProviderCards visitor={visitor} />
      <Section title="Previous conversations" count={others.length}>
        {others.length === 0 && <p class="why">None. This is the first one.</p>}
        <ul class="previous">
          {others.map((row) => (
            <li key={row.id}>
              <button type="button" onClick={() => go({ at: "conversation", id: row.id })}>
                <span>{row.preview || "No message"}</span>
                <small>
                  {dayOf(row.lastAt)} · {outcomeOf(row, desk.me.value.id)}
                </small>
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

/** "Mobile · Safari"; null for one whom a program made and who was never here. */
const deviceOf = ({ device, browser, lastSeenAt }: Visitor): string | null =>
  lastSeenAt ? [device === "mobile" ? "Mobile" : "Desktop", browser].filter(Boolean).join(" · ") : null;

function outcomeOf(row: ConversationSummary, me: string): string {
  const by = row.owner ? (row.owner.id === me ? "you" : row.owner.name) : row.mode === "bot" ? "AI" : null;
  if (row.status !== "solved") return row.status === "snoozed" ? "snoozed" : by ? `open, with ${by}` : "open";
  return by ? `solved by ${by}` : "solved";
}

const Section = ({ title, count, children }: { title: string; count?: number; children: ComponentChildren }) => (
  <section class="insight">
    <h3>
      {title}
      {count ? <span>{count}</span> : null}
    </h3>
    {children}
  </section>
);

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const Missing = ({ why, children }: { why?: string; children: ComponentChildren }) => (
  <span class="is-missing" title={why}>
    {children}
  </span>
);
