import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConversationSummary, Filter, Sort, View } from "@livesupport/shared/protocol.ts";
import { Icon } from "../shell/icons.tsx";
import { useLate } from "../shell/late.ts";
import { Menu } from "../shell/menu.tsx";
import { nameOf } from "../shell/people.ts";
import { go } from "../shell/place.ts";
import type { Desk } from "../desk.ts";
import type { Queue } from "./queue.ts";
import { Row, rowHeight } from "./row.tsx";
import { TickedBar } from "./ticked-bar.tsx";
import { emptiness, whyNotHere } from "./where.ts";
import { hasMore } from "./window.ts";
import "./queue.css";

const views: [View, string][] = [
  ["all", "All"],
  ["inbox", "Inbox"],
  ["unassigned", "Unassigned"],
];
const filters: [Filter, string][] = [
  ["all", "All"],
  ["active", "Active"],
  ["solved", "Solved"],
  ["mine", "Mine"],
  ["unassigned", "Unassigned"],
];
const sorts: [Sort, string][] = [
  ["newest", "Newest first"],
  ["oldest", "Oldest first"],
  ["unread", "Unread first"],
];

interface Props {
  desk: Desk;
  openId: string | null;
  search(): void;
  /** One column: while it is on screen it is all there is. */
  alone: boolean;
}

export function QueuePane({ desk, openId, search, alone }: Props) {
  const { queue } = desk;
  const me = desk.me.value.id;
  /** To say where it is when it is not in the list. */
  const opened = desk.opened.value;
  const { view, sort } = queue.selection.value;
  const window = queue.window.value;
  const mac = navigator.platform.startsWith("Mac");
  return (
    <section class="queue" aria-label="Conversations" role={alone ? "main" : undefined}>
      <div class="queue-head">
        <div class="queue-title">
          <h1>Conversations</h1>
          <Menu
            label={`Sort: ${sorts.find(([key]) => key === sort)![1]}`}
            class="sort"
            items={sorts.map(([key, label]) => ({ label, chosen: key === sort, pick: () => queue.select({ sort: key }) }))}
          >
            {sorts.find(([key]) => key === sort)![1]}
            <Icon name="down" size={13} />
          </Menu>
        </div>
        <button type="button" class="search-box" onClick={search} aria-keyshortcuts="Control+K Meta+K">
          <Icon name="search" size={15} />
          <span>Search or command</span>
          <kbd>{mac ? "⌘K" : "Ctrl K"}</kbd>
        </button>
      </div>
      <div class="tabs" role="group" aria-label="Views">
        {views.map(([key, label]) => (
          <button key={key} type="button" aria-pressed={key === view} onClick={() => queue.select({ view: key })}>
            {label}
            <b>{count(window?.counts.active[key])}</b>
          </button>
        ))}
      </div>
      {queue.ticked.any.value ? <TickedBar desk={desk} /> : <Filters queue={queue} />}
      <Rows queue={queue} me={me} openId={openId} />
      {opened && window && <Elsewhere queue={queue} opened={opened} me={me} />}
    </section>
  );
}

/** As wide as a digit until it is known: nothing beside it moves when it comes. */
const count = (number: number | undefined) => (number === undefined ? "\u2007" : number > 999 ? "999+" : number);

function Filters({ queue }: { queue: Queue }) {
  const window = queue.window.value;
  return (
    <div class="filters" role="group" aria-label="Filters">
      {filters.map(([key, label]) => (
        <button
          key={key}
          type="button"
          class="chip"
          aria-pressed={key === queue.selection.value.filter}
          title={window ? `${label}: ${window.counts.filters[key]}` : label}
          onClick={() => queue.select({ filter: key })}
        >
          {label}
          {key === queue.selection.value.filter && <b>{count(window?.counts.filters[key])}</b>}
        </button>
      ))}
    </div>
  );
}

function Rows({ queue, me, openId }: { queue: Queue; me: string; openId: string | null }) {
  const window = queue.window.value;
  const { view, filter, sort } = queue.selection.value;
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 900 });
  const late = useLate(!window && !queue.failed.value);

  const measure = () => {
    const { scrollTop, clientHeight } = scroller.current!;
    setSeen({ top: scrollTop, height: clientHeight });
    if (window && scrollTop + clientHeight > (window.rows.length - 12) * rowHeight) void queue.more();
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [window === null]);
  useLayoutEffect(() => {
    scroller.current!.scrollTop = 0;
  }, [view, filter, sort]);

  // A closed chat gives the focus back to its row.
  const closed = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (!openId && closed.current && document.activeElement === document.body) focusRow(scroller.current!, closed.current);
    closed.current = openId;
  }, [openId]);

  const placeOf = (element: Element | null) => window?.rows.findIndex((row) => row.id === element?.closest<HTMLElement>("[data-of]")?.dataset["of"]) ?? -1;

  const tick = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    const row = window?.rows[placeOf(document.activeElement)];
    if (!row || event.altKey) return;
    if (command && event.key === "a") queue.ticked.all();
    else if (command || event.key.toLowerCase() !== "x") return;
    else if (event.shiftKey) queue.ticked.through(row.id);
    else queue.ticked.toggle(row.id);
    event.preventDefault();
  };

  const step = (event: KeyboardEvent) => {
    tick(event);
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!by || !window) return;
    const at = placeOf(document.activeElement) + by;
    const next = window.rows[at];
    if (!next) return;
    event.preventDefault();
    scrollIntoView(scroller.current!, at);
    measure();
    requestAnimationFrame(() => scroller.current && focusRow(scroller.current, next.id));
  };

  if (queue.failed.value) {
    return (
      <div class="rows" ref={scroller}>
        <div class="empty" role="alert">
          <strong>The list did not load</strong>
          <p>{queue.failed.value}</p>
          <button type="button" class="button" onClick={() => void queue.watch()}>
            Try again
          </button>
        </div>
      </div>
    );
  }
  if (!window) {
    return (
      <div class="rows" ref={scroller} aria-busy="true">
        {late && <Skeleton />}
      </div>
    );
  }
  if (window.rows.length === 0) {
    return (
      <div class="rows" ref={scroller}>
        <Empty queue={queue} />
      </div>
    );
  }
  const first = Math.max(0, Math.floor(seen.top / rowHeight) - 6);
  const last = Math.min(window.rows.length, Math.ceil((seen.top + seen.height) / rowHeight) + 6);
  const goesOn = hasMore(window);
  const total = goesOn ? -1 : window.rows.length;
  const shown = window.rows.slice(first, last);
  const tabbable = shown.some((row) => row.id === openId) ? openId : shown[0]?.id;
  return (
    <div class="rows" ref={scroller} onScroll={measure} onKeyDown={step} tabIndex={-1}>
      <ul class={`rows-all ${queue.ticked.any.value ? "is-ticking" : ""}`} style={{ height: `${window.rows.length * rowHeight + (goesOn ? 40 : 8)}px` }}>
        {shown.map((row, index) => (
          <Row
            key={row.id}
            row={row}
            me={me}
            selected={row.id === openId}
            tabbable={row.id === tabbable}
            place={first + index}
            total={total}
            ticked={queue.ticked.has(row.id)}
            tick={(through) => (through ? queue.ticked.through(row.id) : queue.ticked.toggle(row.id))}
            open={() => go({ at: "conversation", id: row.id })}
          />
        ))}
      </ul>
    </div>
  );
}

const focusRow = (scroller: HTMLElement, id: string) =>
  scroller.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });

function scrollIntoView(scroller: HTMLElement, place: number): void {
  const top = place * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + rowHeight - scroller.clientHeight;
}

const Skeleton = () => (
  <div aria-label="Loading conversations" role="status">
    {Array.from({ length: 8 }, (_, index) => (
      <div class="row is-skeleton" key={index}>
        <i class="bone is-round" />
        <span>
          <i class="bone" style={{ width: `${48 + ((index * 17) % 30)}%` }} />
          <i class="bone" style={{ width: `${70 + ((index * 13) % 25)}%` }} />
        </span>
      </div>
    ))}
  </div>
);

function Empty({ queue }: { queue: Queue }) {
  const { view, filter } = queue.selection.value;
  if (queue.window.value?.counts.views.all === 0) return <FirstRun />;
  const [title, why] = emptiness(view, filter);
  return (
    <div class="empty">
      <strong>{title}</strong>
      <p>{why}</p>
      <p>Missing one? It may be solved, or a colleague may have claimed it.</p>
      <button type="button" class="button" onClick={() => queue.select({ view: "all", filter: "all" })}>
        Show all conversations
      </button>
    </div>
  );
}

const FirstRun = () => (
  <div class="empty">
    <strong>No conversations yet</strong>
    <p>The first one appears here as soon as a visitor writes in the widget.</p>
    <p>
      <a class="link" href="/demo" target="_blank" rel="noopener">
        Try it in the demo shop
      </a>
    </p>
    <button type="button" class="button" onClick={() => go({ at: "settings", section: "widget" })}>
      Put it on your site
    </button>
  </div>
);

/** The conversation on screen is not in the list beside it: where it is, in one line. */
function Elsewhere({ queue, opened, me }: { queue: Queue; opened: ConversationSummary; me: string }) {
  const { view, filter } = queue.selection.value;
  const why = whyNotHere(opened, view, filter, me);
  // The row leaves a moment after the chat changes; until then it is still there to see.
  if (!why || queue.window.value?.rows.some((row) => row.id === opened.id)) return null;
  return (
    <p class="elsewhere" role="status">
      <span>
        <b>{nameOf(opened.visitor)}</b> is not in this list. {why}
      </span>
      <button type="button" class="link" onClick={() => queue.select({ view: "all", filter: "all" })}>
        Show all
      </button>
    </p>
  );
}
