import type { ConversationSnapshot, ConversationSummary, Visitor } from "@livesupport/shared/protocol.ts";
import { isErased } from "@livesupport/shared/reducer.ts";
import type { Writing } from "../composer/writing.ts";
import type { Desk } from "../desk.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icons.tsx";
import { Menu, type MenuItem } from "../shell/menu.tsx";
import { nameOf, pathOf, placeOf } from "../shell/people.ts";
import { go } from "../shell/place.ts";
import { now, timeOf, timeThere, untilWhen } from "../shell/time.ts";
import { assignees } from "./assignees.ts";
import { snoozeItems } from "./snooze.ts";

interface Props {
  desk: Desk;
  snapshot: ConversationSnapshot | null;
  visitor: Visitor | null;
  writing: Writing;
  insightsOpen: boolean;
  toggleInsights(): void;
}

export function Header({ desk, snapshot, visitor, writing, insightsOpen, toggleInsights }: Props) {
  const summary = snapshot?.summary;
  const others = snapshot?.viewers.filter((viewer) => viewer.id !== desk.me.value.id) ?? [];
  return (
    <header class="conversation-head">
      <button type="button" class="button is-icon is-back" aria-label="Back to the list" onClick={() => go({ at: "queue" })}>
        <Icon name="back" />
      </button>
      {summary && <Avatar who={summary.visitor} online={summary.visitor.online} size={32} />}
      <div class="who">
        <h1>{summary ? nameOf(summary.visitor) : "\u00a0"}</h1>
        <p>{summary && (whereabouts(visitor, summary) || "\u00a0")}</p>
      </div>
      <div class="head-actions">
        {others.length > 0 && (
          <span class="viewers" title={`Also here: ${others.map((viewer) => viewer.name).join(", ")}`}>
            <span class="visually-hidden">Also here: {others.map((viewer) => viewer.name).join(", ")}</span>
            {others.slice(0, 3).map((viewer) => (
              <Avatar key={viewer.id} who={viewer} size={24} />
            ))}
          </span>
        )}
        {snapshot && <Actions desk={desk} snapshot={snapshot} writing={writing} />}
        <button
          type="button"
          class="button is-icon"
          aria-label="Customer insights"
          title="Customer insights"
          aria-pressed={insightsOpen}
          onClick={toggleInsights}
        >
          <Icon name="info" />
        </button>
      </div>
    </header>
  );
}

/** "snoozed until tomorrow 09:00 · on /products/linen-shirt · Pune, India · 18:10 there" */
function whereabouts(visitor: Visitor | null, { status, snoozedUntil, visitor: { online } }: ConversationSummary): string {
  const there = timeThere(visitor?.timeZone, now.value);
  const parts = [
    status === "snoozed" && snoozedUntil && `snoozed ${untilWhen(snoozedUntil, now.value)}`,
    visitor && (online ? visitor.page && `on ${pathOf(visitor.page.url)}` : "offline"),
    placeOf(visitor?.location),
    there && there !== timeOf(new Date(now.value).toISOString()) && `${there} there`,
  ];
  return parts.filter(Boolean).join(" · ");
}

function Actions({ desk, snapshot, writing }: { desk: Desk; snapshot: ConversationSnapshot; writing: Writing }) {
  const { summary } = snapshot;
  const { id, owner, mode, status } = summary;
  const me = desk.me.value;
  if (isErased(snapshot)) return <span class="state">Erased</span>;
  if (status === "solved") {
    return (
      <>
        <span class="state">Solved</span>
        <button type="button" class="button" onClick={() => void desk.command("Reopen", id)}>
          Reopen
        </button>
      </>
    );
  }
  const mine = owner?.id === me.id;
  const people = assignees(desk, owner, (agentId) => void desk.run("Assign", { conversationId: id, agentId }));
  const snoozes: MenuItem[] = [
    ...snoozeItems((until) => void desk.run("Snooze", { conversationId: id, until })),
    ...(status === "snoozed" ? [{ label: "Wake now", pick: () => void desk.command("Reopen", id) }] : []),
  ];
  const solve = () => void desk.command("Solve", id);
  const handToBot = () => void desk.command("HandToBot", id);
  const markUnread = () => void desk.markUnread(id);
  const answered = mode === "human_interaction";
  return (
    <>
      <Menu
        label={owner ? `Assigned to ${mine ? "you" : owner.name}. Change` : "Assign"}
        keys="Alt+A"
        class="button is-icon is-roomy"
        heading="Assign to"
        items={people}
      >
        {owner ? <Avatar who={owner} size={18} /> : <Icon name="person" />}
      </Menu>
      <Menu label="Snooze" keys="Alt+M" class="button is-icon is-roomy" heading="Snooze" items={snoozes}>
        <Icon name="clock" />
      </Menu>
      <button
        type="button"
        class="button is-icon is-roomy"
        aria-label="Mark as unread"
        aria-keyshortcuts="Alt+U"
        title="Mark as unread (Alt+U)"
        onClick={markUnread}
      >
        <Icon name="unread" />
      </button>
      {answered && (
        <button type="button" class="button is-folding is-roomy" title="Hand over to bot" onClick={handToBot}>
          <Icon name="bot" />
          <span>Hand over to bot</span>
        </button>
      )}
      {!owner && (
        <button type="button" class="button" onClick={() => writing.joinNow()}>
          Join
        </button>
      )}
      {owner && !mine && (
        <button type="button" class="button" onClick={() => void desk.command("TakeOver", id)}>
          Take over
        </button>
      )}
      <button
        type="button"
        class={`button is-primary ${mine ? "" : "is-roomy"}`}
        aria-keyshortcuts="Alt+E"
        title="Solve (Alt+E)"
        onClick={solve}
      >
        Solve
      </button>
      <Menu
        label="More actions"
        keys="Alt+A Alt+M"
        class="button is-icon is-tight"
        items={[
          ...(mine ? [] : [{ label: "Solve", pick: solve }]),
          ...(answered ? [{ label: "Hand over to bot", pick: handToBot }] : []),
          { label: "Mark as unread", pick: markUnread },
          ...under("Snooze", snoozes),
          ...under("Assign to", people),
        ]}
      >
        <Icon name="more" />
      </Menu>
    </>
  );
}

/** The same items with a heading over the first. */
const under = (heading: string, items: MenuItem[]): MenuItem[] => items.map((item, at) => (at === 0 ? { ...item, heading } : item));
