import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Files, type FileSource } from "@livesupport/shared/attachments/Files.tsx";
import type { WithFiles } from "@livesupport/shared/attachments/uploads.ts";
import type { LiveConversation } from "@livesupport/shared/live-conversation.ts";
import { echoes, type Outgoing } from "@livesupport/shared/outbox.ts";
import type { AgentMessage, Author, Entry } from "@livesupport/shared/protocol.ts";
import { linkify, safeUrl } from "@livesupport/shared/text.ts";
import type { Writing } from "../composer/writing.ts";
import { wantedSeq, type Desk } from "../desk.ts";
import { Icon } from "../shell/icons.tsx";
import { useLate } from "../shell/late.ts";
import { agentName, nameOf } from "../shell/people.ts";
import { fullTime, now, timeOf } from "../shell/time.ts";
import { linesOf, type Line } from "./lines.ts";

/** Entries in the document at first, and how many more each time the reader comes to the upper end. */
const windowStep = 80;
/** Pixels from the lower end that still count as being there. */
const nearEnd = 60;

const files: FileSource = { url: (id) => `/api/attachments/${id}` };

interface Props {
  desk: Desk;
  conversation: LiveConversation;
  writing: Writing;
}

export function Transcript({ desk, conversation, writing }: Props) {
  const snapshot = conversation.snapshot.value;
  const me = desk.me.value.id;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  /** What stood on screen after the last change: its first entry and its height. */
  const stood = useRef({ first: 0, height: 0 });
  const [shown, setShown] = useState(windowStep);
  const [pastEnd, setPastEnd] = useState<number | null>(null);
  const [olderFailed, setOlderFailed] = useState(false);
  const late = useLate(!snapshot && !conversation.refused.value);
  const wanted = wantedSeq.value;

  const entries = snapshot?.entries ?? [];
  const visible = entries.slice(-shown);
  const lastSeq = entries.at(-1)?.seq ?? 0;
  const waiting = echoes(desk.outbox.items.value, entries, conversation.id);

  const toEnd = () => {
    const area = scroller.current;
    if (area) area.scrollTop = area.scrollHeight;
  };

  // Before paint: stay at the end, or on the line that is being read when older ones come above it.
  const firstSeq = visible[0]?.seq ?? 0;
  useLayoutEffect(() => {
    const area = scroller.current!;
    const { first, height } = stood.current;
    if (atEnd.current) toEnd();
    else if (firstSeq < first) area.scrollTop += area.scrollHeight - height;
    stood.current = { first: firstSeq, height: area.scrollHeight };
  });

  useEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(scroller.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  // Seen: on screen, at the end, and somebody looks.
  useEffect(() => {
    const tell = () => {
      if (!snapshot || !atEnd.current || document.visibilityState !== "visible" || !document.hasFocus()) return;
      if (snapshot.summary.unread > 0 && desk.wire.state.value === "connected") {
        desk.wire.invoke("Seen", { conversationId: conversation.id, seq: lastSeq }).catch(() => {});
      }
    };
    tell();
    addEventListener("focus", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      removeEventListener("focus", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [lastSeq, snapshot?.summary.unread, pastEnd]);

  const older = async () => {
    if (entries.length > shown) {
      setShown(shown + windowStep);
      return;
    }
    if (!snapshot?.hasMore) return;
    setOlderFailed(false);
    const before = entries.length;
    try {
      await conversation.loadOlder();
      const more = conversation.snapshot.peek()!.entries.length - before;
      setShown((count) => count + Math.max(0, more));
    } catch {
      setOlderFailed(true);
    }
  };

  const onScroll = () => {
    const area = scroller.current!;
    atEnd.current = area.scrollHeight - area.scrollTop - area.clientHeight < nearEnd;
    if (atEnd.current && pastEnd !== null) setPastEnd(null);
    if (!atEnd.current && pastEnd === null) setPastEnd(lastSeq);
    if (area.scrollTop < 200) void older();
  };

  // A short first page: fill the screen.
  useEffect(() => {
    const area = scroller.current!;
    if (snapshot?.hasMore && area.scrollHeight <= area.clientHeight) void older();
  }, [snapshot?.hasMore, entries.length]);

  useReveal(conversation, wanted, scroller, atEnd, (count) => setShown((before) => Math.max(before, count)));

  if (conversation.refused.value) {
    return (
      <div class="transcript" ref={scroller}>
        <div class="empty" role="alert" ref={content}>
          <strong>This conversation cannot be shown</strong>
          <p>{conversation.refused.value.sentence}</p>
          <button type="button" class="button" onClick={() => conversation.connected()}>
            Try again
          </button>
        </div>
      </div>
    );
  }
  const unseen = pastEnd === null ? 0 : entries.filter((entry) => entry.seq > pastEnd && entry.kind !== "system").length;
  const lines = linesOf(visible, me, now.value);
  const lastOwn = entries.findLast((entry) => entry.author.type === "agent" && entry.kind !== "note");
  return (
    <div class="transcript-place">
      <div
        class="transcript"
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-label="Messages"
        aria-live="polite"
        aria-busy={!snapshot}
      >
        <div class="transcript-all" ref={content}>
          {snapshot && (snapshot.hasMore || entries.length > shown) && (
            <div class="older">
              {olderFailed ? (
                <button type="button" class="link" onClick={() => void older()}>
                  Older messages did not load. Try again
                </button>
              ) : (
                "Older messages…"
              )}
            </div>
          )}
          {late && <Skeleton />}
          {lines.map((line) => (
            <LineOf
              key={line.key}
              line={line}
              me={me}
              seen={line.is === "message" && line.entry === lastOwn && (snapshot?.visitorSeenSeq ?? 0) >= line.entry.seq}
            />
          ))}
          {waiting.map((item) => (
            <Waiting key={item.id} item={item} desk={desk} writing={writing} />
          ))}
          <Typing by={conversation.typing.value} visitor={snapshot ? nameOf(snapshot.summary.visitor) : "The visitor"} />
        </div>
      </div>
      {pastEnd !== null && (
        <button
          type="button"
          class="to-end"
          onClick={() => {
            atEnd.current = true;
            toEnd();
          }}
        >
          {unseen > 0 ? `${unseen} new ${unseen === 1 ? "message" : "messages"}` : "Newest"}
          <Icon name="down" size={14} />
        </button>
      )}
    </div>
  );
}

/** Goes to the line that the search found, loading what lies between, and lights it up once. */
function useReveal(
  conversation: LiveConversation,
  seq: number | null,
  scroller: { current: HTMLDivElement | null },
  atEnd: { current: boolean },
  show: (count: number) => void,
) {
  const ready = conversation.snapshot.value !== null;
  useEffect(() => {
    if (!seq || !ready) return;
    let gone = false;
    void (async () => {
      const first = () => conversation.snapshot.peek()!.entries[0]?.seq ?? 0;
      while (!gone && first() > seq && conversation.snapshot.peek()!.hasMore) {
        const before = first();
        await conversation.loadOlder(100).catch(() => {});
        if (first() === before) break;
      }
      if (gone) return;
      atEnd.current = false;
      show(conversation.snapshot.peek()!.entries.filter((entry) => entry.seq >= seq).length + 20);
      requestAnimationFrame(() => {
        const line = scroller.current?.querySelector(`[data-seq="${seq}"]`);
        line?.scrollIntoView({ block: "center" });
        line?.classList.add("is-found");
      });
    })();
    return () => {
      gone = true;
    };
  }, [conversation, seq, ready]);
}

function LineOf({ line, me, seen }: { line: Line; me: string; seen: boolean }) {
  if (line.is === "day") return <h2 class="day">{line.label}</h2>;
  if (line.is === "system") {
    return (
      <p class="system" data-seq={line.entry.seq} title={fullTime(line.entry.at)}>
        {line.text}
      </p>
    );
  }
  const { entry, closes } = line;
  const side = sideOf(entry, me);
  return (
    <>
      <div class={`message ${side}`} data-seq={entry.seq} data-id={entry.id}>
        {entry.kind === "note" && <b class="note-word">Note · </b>}
        {entry.text && <Text text={entry.text} />}
        {entry.attachments?.length ? <Files files={entry.attachments} source={files} /> : null}
        {entry.sources?.length ? (
          <span class="sources">
            {entry.sources.map((source) => (
              <SourceLink key={source.title} title={source.title} url={source.url} />
            ))}
          </span>
        ) : null}
      </div>
      {closes && (
        <div class={`meta ${side}`}>
          <Byline entry={entry} me={me} />
          {seen && (
            <>
              <span>·</span>
              <span>seen</span>
            </>
          )}
        </div>
      )}
    </>
  );
}

const sideOf = (entry: Entry, me: string): string =>
  entry.kind === "note"
    ? "is-note"
    : entry.author.type === "visitor"
      ? "is-visitor"
      : entry.author.type === "bot"
        ? "is-bot"
        : entry.author.id === me
          ? "is-mine"
          : "is-agent";

function Byline({ entry, me }: { entry: Entry; me: string }) {
  const time = (
    <time dateTime={entry.at} title={fullTime(entry.at)}>
      {timeOf(entry.at)}
    </time>
  );
  if (entry.author.type === "visitor") return time;
  if (entry.author.type === "bot") {
    return (
      <>
        <span class="tag is-bot">AI</span>
        {time}
      </>
    );
  }
  const name = entry.author.id === me ? (entry.author.name ?? "You") : agentName(entry.author, me);
  return (
    <>
      <span>{name}</span>
      <span>·</span>
      {time}
      {entry.kind === "note" && (
        <>
          <span>·</span>
          <span>only your team sees this</span>
        </>
      )}
    </>
  );
}

const Text = ({ text }: { text: string }) => (
  <span class="text">
    {linkify(text).map((piece) =>
      typeof piece === "string" ? (
        piece
      ) : (
        <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
          {piece.text}
        </a>
      ),
    )}
  </span>
);

function SourceLink({ title, url }: { title: string; url?: string | null | undefined }) {
  const href = safeUrl(url);
  if (!href) return <span class="source">{title}</span>;
  return (
    <a class="source" href={href} target="_blank" rel="noopener noreferrer">
      {title} <span aria-hidden="true">↗</span>
    </a>
  );
}

/** A message on its way; refused, it says why and what can be done. */
function Waiting({ item, desk, writing }: { item: Outgoing<WithFiles<AgentMessage>>; desk: Desk; writing: Writing }) {
  const side = item.message.kind === "note" ? "is-note" : "is-mine";
  const online = desk.wire.state.value === "connected";
  return (
    <>
      <div class={`message ${side} ${item.state === "failed" ? "is-failed" : item.state === "sent" ? "" : "is-waiting"}`}>
        {item.message.kind === "note" && <b class="note-word">Note · </b>}
        {item.message.text && <Text text={item.message.text} />}
        {item.message.attachments?.length ? <Files files={item.message.attachments} source={files} /> : null}
      </div>
      <div class={`meta ${side}`}>
        {item.state === "failed" ? (
          <span class="is-danger" role="alert">
            Not sent. {item.reason?.sentence}{" "}
            <button type="button" class="link" onClick={() => desk.outbox.retry(item.id)}>
              Try again
            </button>{" "}
            <button type="button" class="link" onClick={() => writing.takeBack(item)}>
              Edit
            </button>
          </span>
        ) : item.state === "waiting" ? (
          <span>
            {online ? "Trying again…" : "Waiting for the connection. Kept on this device."}{" "}
            <button type="button" class="link" onClick={() => writing.takeBack(item)}>
              Edit
            </button>
          </span>
        ) : (
          <span>{item.state === "sent" ? timeOf(item.at) : "Sending…"}</span>
        )}
      </div>
    </>
  );
}

function Typing({ by, visitor }: { by: Author[]; visitor: string }) {
  const names = by.map((author) => (author.type === "visitor" ? visitor : author.type === "bot" ? "AI" : (author.name ?? "A colleague")));
  // Its place is always kept, so that nothing jumps when somebody begins to type.
  return (
    <div class="typing">
      {names.length > 0 && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {names.join(" and ")} {names.length > 1 ? "are" : "is"} typing
        </>
      )}
    </div>
  );
}

const Skeleton = () => (
  <div role="status" aria-label="Loading messages" class="message-bones">
    {[46, 62, 34, 54].map((width, index) => (
      <i key={width} class={`bone ${index % 2 ? "is-right" : ""}`} style={{ width: `${width}%`, height: `${38 + (index % 3) * 14}px` }} />
    ))}
  </div>
);
