import type { ConversationSummary } from "@livesupport/shared/protocol.ts";
import { Avatar } from "../shell/avatar.tsx";
import { nameOf, speaker } from "../shell/people.ts";
import { fullTime, lengthOf, now, rowTime, untilWhen } from "../shell/time.ts";

/** Pixels; every row is as high, so that nothing moves when a tag comes. */
export const rowHeight = 76;

interface Props {
  row: ConversationSummary;
  me: string;
  selected: boolean;
  /** One row is in the order of Tab; arrows reach the others. */
  tabbable: boolean;
  place: number;
  total: number;
  /** Chosen for something that is done to several at once. */
  ticked: boolean;
  tick(through: boolean): void;
  open(): void;
}

export function Row({ row, me, selected, tabbable, place, total, ticked, tick, open }: Props) {
  const name = nameOf(row.visitor);
  return (
    <li
      class="row-place"
      data-of={row.id}
      style={{ transform: `translateY(${place * rowHeight}px)` }}
      aria-setsize={total}
      aria-posinset={place + 1}
    >
      <button
        type="button"
        class={`row ${selected ? "is-selected" : ""} ${row.unread > 0 ? "is-unread" : ""}`}
        aria-current={selected ? "true" : undefined}
        data-row={row.id}
        tabIndex={tabbable ? 0 : -1}
        onClick={open}
      >
        <Avatar who={row.visitor} online={row.visitor.online} />
        <span class="row-body">
          <span class="row-name">{name}</span>
          <span class="row-preview">
            {speaker(row.previewBy, me)}
            {row.preview || "No message yet"}
          </span>
          <Tags row={row} me={me} />
        </span>
        <span class="row-side">
          <time dateTime={row.lastAt} title={fullTime(row.lastAt)}>
            {rowTime(row.lastAt)}
          </time>
          {row.unread > 0 && (
            <span class="badge">
              {row.unread > 99 ? "99+" : row.unread}
              <span class="visually-hidden"> unread</span>
            </span>
          )}
        </span>
      </button>
      <input
        type="checkbox"
        class="row-tick"
        aria-label={`Select ${name}`}
        title="Select (X)"
        tabIndex={-1}
        checked={ticked}
        onClick={(event) => tick(event.shiftKey)}
      />
    </li>
  );
}

/** Who waits, how long, whose it is. */
function Tags({ row, me }: { row: ConversationSummary; me: string }) {
  return (
    <span class="row-tags">
      {row.status === "active" && row.waitingSince && (
        <span class="tag is-waiting">waiting {lengthOf(now.value - Date.parse(row.waitingSince))}</span>
      )}
      {row.status === "solved" && <span class="tag">Solved</span>}
      {row.status === "snoozed" && <span class="tag is-plain">Snoozed {row.snoozedUntil ? untilWhen(row.snoozedUntil, now.value) : ""}</span>}
      {row.mode === "bot" && row.status !== "solved" && (
        <span class="tag is-bot" title="The bot answers">
          AI
        </span>
      )}
      {row.owner && row.owner.id !== me && <span class="tag is-plain">{row.owner.name}</span>}
      {row.owner?.id === me && <span class="tag is-plain">You</span>}
    </span>
  );
}
