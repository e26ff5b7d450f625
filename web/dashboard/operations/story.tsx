import type { Desk } from "../desk.ts";
import { Icon } from "../shell/icons.tsx";
import { useLate } from "../shell/late.ts";
import { go } from "../shell/place.ts";
import { fullTime } from "../shell/time.ts";
import { useLive } from "./live.ts";
import { loadConversation, type LaidOpen } from "./operations.ts";
import { Fact } from "./page.tsx";
import { tell, type Line } from "./timeline.ts";

const everySeconds = 5;

const exactly = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

/** What happened to one conversation: its record, the queue's row, and the story. */
export function ConversationStory({ id, desk }: { id: string; desk: Desk }) {
  const { value, failed, reload } = useLive(() => loadConversation(id), everySeconds, id);
  const late = useLate(value === null && !failed);
  return (
    <div class="operations-body">
      <header class="operations-head">
        <div>
          <button type="button" class="back" onClick={() => go({ at: "operations" })}>
            <Icon name="back" size={14} /> Operations
          </button>
          <h1>What happened to this conversation</h1>
          <p class="lead is-id">{id}</p>
        </div>
        {value && (
          <button type="button" class="button" onClick={() => go({ at: "conversation", id })}>
            Open it
          </button>
        )}
      </header>
      {failed && value && (
        <p class="operations-stale" role="status">
          Not up to date: {failed}
        </p>
      )}
      {failed && !value && (
        <div class="empty" role="alert">
          <strong>This did not load</strong>
          <p>{failed}</p>
          <button type="button" class="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {!value && !failed && late && <i class="bone is-block" role="status" aria-label="Loading" />}
      {value && (
        <>
          <Record open={value} />
          <Readers open={value} desk={desk} />
          <Story open={value} desk={desk} />
        </>
      )}
    </div>
  );
}

const agentName = (desk: Desk, id: string): string | null => desk.agents.value.find((agent) => agent.id === id)?.name ?? null;

const when = (at: string | undefined): string => (at ? fullTime(at) : "–");

function Record({ open }: { open: LaidOpen }) {
  const { conversation, queueRow } = open;
  const { row } = conversation;
  const differing = queueRow
    ? ([
        ["revision", row.rev, queueRow.rev],
        ["status", row.status, queueRow.status],
        ["mode", row.mode, queueRow.mode],
        ["owner", row.owner?.name ?? "nobody", queueRow.owner?.name ?? "nobody"],
        ["due", when(row.dueAt), when(queueRow.dueAt)],
      ] as const).filter(([, mine, theirs]) => mine !== theirs)
    : [];
  return (
    <section class="panel is-wide">
      <div class="panel-head">
        <h2>Record</h2>
        <span class={`pulse is-${open.queueAgrees ? "running" : "stale"}`}>{open.queueAgrees ? "the queue agrees" : "the queue differs"}</span>
      </div>
      {!open.queueAgrees && (
        <p class="form-error" role="alert">
          {queueRow
            ? `The queue says: ${differing.map(([what, , theirs]) => `${what} ${theirs}`).join(", ")}. It heals with the next change; if it does not, rebuild the queue.`
            : "The queue has no row of it. It heals with the next change; if it does not, rebuild the queue."}
        </p>
      )}
      <dl class="record">
        <Fact term="Revision" value={String(row.rev)} />
        <Fact term="Entries" value={`${row.seq} (${conversation.sealedEntries} in sealed pages)`} />
        <Fact term="Epoch" value={String(conversation.epoch)} />
        <Fact term="Mode" value={row.mode === "bot" ? "bot" : "people"} />
        <Fact term="Status" value={conversation.ended ? `${row.status}, ended` : row.status} />
        <Fact term="Owner" value={row.owner?.name ?? "nobody"} />
        <Fact term="Visitor" value={row.visitor.name ?? row.visitor.email ?? "unnamed"} />
        <Fact term="Began" value={when(row.startedAt)} />
        <Fact term="Last message" value={when(row.lastAt)} />
        <Fact term="Waits since" value={when(row.waitingSince)} />
        <Fact term="Due" value={when(row.dueAt)} />
        <Fact term="Snoozed until" value={when(conversation.snoozedUntil)} />
        <Fact term="Solved" value={when(conversation.solvedAt)} />
        <Fact term="Bot owes" value={conversation.botOwes.length > 0 ? `answers to ${conversation.botOwes.join(", ")}` : "nothing"} />
        <Fact term="Runs on" value={open.host ?? "not known"} />
        <Fact term="ETag" value={conversation.eTag ?? "–"} />
        <Fact term="Queue told" value={conversation.queueIsTold ? "yes" : "not yet"} />
      </dl>
    </section>
  );
}

function Readers({ open, desk }: { open: LaidOpen; desk: Desk }) {
  const { conversation } = open;
  const nameOf = (id: string) => agentName(desk, id) ?? id;
  const looking = new Set(conversation.viewers.map((viewer) => viewer.id));
  const readers = [
    { name: conversation.row.visitor.name ?? "Visitor", seq: conversation.visitorSeenSeq, looks: false },
    ...Object.entries(conversation.reads).map(([id, seq]) => ({ name: nameOf(id), seq, looks: looking.has(id) })),
  ];
  return (
    <section class="panel is-wide">
      <h2>Who has read it</h2>
      <ul class="readers">
        {readers.map((reader, i) => (
          <li key={i}>
            <span>{reader.name}</span>
            <span class="meter" aria-hidden="true">
              <svg viewBox="0 0 100 4" preserveAspectRatio="none">
                <rect width={(100 * reader.seq) / Math.max(1, conversation.row.seq)} height="4" />
              </svg>
            </span>
            <small>
              {reader.seq} of {conversation.row.seq}
              {reader.looks && " · looks at it now"}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Story({ open, desk }: { open: LaidOpen; desk: Desk }) {
  const lines = tell(open.timeline, open.conversation.row.rev, (id) => agentName(desk, id)).reverse();
  return (
    <section class="panel is-wide">
      <div class="panel-head">
        <div>
          <h2>Story</h2>
          <p class="lead">Newest first{open.conversation.hasMore && "; only the newest entries"}. Texts are cut short.</p>
        </div>
      </div>
      <ol class="story">
        {lines.map((line) => (
          <StoryLine key={line.kind === "gap" ? `gap${line.from}` : line.rev} line={line} />
        ))}
      </ol>
    </section>
  );
}

function StoryLine({ line }: { line: Line }) {
  if (line.kind === "gap") {
    const many = line.to - line.from + 1;
    return (
      <li class="story-gap">
        {many === 1 ? `Revision ${line.from}: a change that added no entry; it is no longer kept.` : `Revisions ${line.from} to ${line.to}: ${many} changes that are not shown here.`}
      </li>
    );
  }
  return (
    <li class={`story-line is-${line.who}`}>
      <span class="story-rev">{line.rev}</span>
      <div>
        <b>{line.title}</b>
        {line.hidden && <span class="tag">not shown to the visitor</span>}
        {line.aside && <small>{line.aside}</small>}
        {line.text && <p>{line.text}</p>}
      </div>
      <time dateTime={line.at} title={fullTime(line.at)}>
        {exactly.format(new Date(line.at))}
      </time>
    </li>
  );
}
