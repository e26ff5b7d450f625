import { wordsOf } from "@livesupport/shared/attachments/uploads.ts";
import { useSignal } from "@preact/signals";
import type { Entry } from "@livesupport/shared/protocol.ts";
import { clock, day, isToday } from "@livesupport/shared/time.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isTheirs, type Chat } from "./chat.ts";
import { Icon } from "./Icon.tsx";
import { Message } from "./Message.tsx";
import { words } from "./speech.ts";
import { firstName, say } from "./words.ts";

/** Closer than this to an edge counts as there, in pixels. */
const Near = 80;
/** Lines of one person within this time share one caption. */
const Together = 120_000;

export function Transcript({ chat, children }: { chat: Chat; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  /** Where the view stood before the last change of its content. */
  const view = useRef({ atEnd: true, first: 0, height: 0 });
  const below = useSignal(false);
  const entries = chat.entries.value;
  const pending = chat.pending.value;
  const typing = chat.typing.value;
  const first = entries[0]?.seq ?? 0;
  const last = entries.at(-1);

  useLayoutEffect(() => {
    const element = box.current!;
    const { atEnd, first: before, height } = view.current;
    if (atEnd) element.scrollTop = element.scrollHeight;
    // Older entries came in above: what was on screen stays where it was.
    else if (first < before) element.scrollTop += element.scrollHeight - height;
    view.current = { ...view.current, first, height: element.scrollHeight };
  });

  // The keyboard of a phone, a font that arrives, a card that grows: the end stays in view.
  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => {
      if (view.current.atEnd) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  const scrolled = () => {
    const element = box.current!;
    view.current.atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < Near;
    below.value = !view.current.atEnd;
    if (element.scrollTop < Near && chat.hasOlder) void chat.loadOlder();
    look();
  };
  const look = () => {
    if (view.current.atEnd && chat.open.value && document.visibilityState === "visible") chat.seen();
  };
  useEffect(look, [last?.seq, chat.open.value, chat.connection.value, chat.unread.value]);
  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  // What I write is what I want to see.
  const mine = pending.at(-1)?.id;
  useLayoutEffect(() => {
    if (mine) box.current!.scrollTop = box.current!.scrollHeight;
  }, [mine]);

  return (
    <div class="transcript-frame">
      <div class="transcript" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-live="off" aria-label={words.value.conversation}>
        <div class="lines" ref={content}>
          {chat.hasOlder && (
            <button type="button" class="older" onClick={() => void chat.loadOlder()}>
              {words.value.earlier}
            </button>
          )}
          {!chat.hasOlder && !chat.loading.value && <Greeting chat={chat} />}
          {entries.map((entry, i) => (
            <Line key={entry.id} chat={chat} entry={entry} before={entries[i - 1]} after={entries[i + 1]} isLast={i === entries.length - 1} />
          ))}
          {pending.map((item) => (
            <div key={item.id} class="line mine">
              <Message entry={item.message} mine files={chat.files} />
              {item.state === "failed" || isHeld(item) ? (
                <p class="caption failed">
                  <span>{isHeld(item) ? words.value.held : `${words.value.notSent} ${item.reason?.sentence}`}</span>
                  {!isHeld(item) && (
                    <button type="button" onClick={() => chat.retry(item.id)}>
                      {words.value.again}
                    </button>
                  )}
                  <button type="button" onClick={() => chat.cancel(item.id)}>
                    {words.value.delete}
                  </button>
                </p>
              ) : (
                <p class={item.state === "waiting" ? "caption" : "caption sending"}>{waiting(item.state, chat.connection.value === "connected")}</p>
              )}
            </div>
          ))}
          {children}
          {typing.length > 0 && (
            <div class="line">
              <div class="dots" role="img" aria-label={words.value.typing(firstName(typing[0]!.name) || words.value.somebody)}>
                <i />
                <i />
                <i />
              </div>
            </div>
          )}
        </div>
      </div>
      {below.value && (
        <button type="button" class="to-end" aria-label={words.value.newest} onClick={() => (box.current!.scrollTop = box.current!.scrollHeight)}>
          <Icon name="down" />
          {chat.unread.value > 0 && <span>{chat.unread.value}</span>}
        </button>
      )}
      <p class="visually-hidden" aria-live="polite">
        {last && isTheirs(last) ? `${speaker(chat, last)}: ${wordsOf(last)}` : last?.kind === "system" ? say(last) : ""}
      </p>
    </div>
  );
}

function Greeting({ chat }: { chat: Chat }) {
  const { greeting, botName, botEnabled, teamName } = chat.settings.value!;
  if (!greeting) return null;
  return (
    <div class="line">
      <Message entry={{ text: greeting }} mine={false} files={chat.files} />
      <p class="caption">{botEnabled ? botName : teamName}</p>
    </div>
  );
}

interface LineProps {
  chat: Chat;
  entry: Entry;
  before: Entry | undefined;
  after: Entry | undefined;
  isLast: boolean;
}

function Line({ chat, entry, before, after, isLast }: LineProps) {
  const newDay = before ? day(before.at) !== day(entry.at) : !isToday(entry.at);
  const divider = newDay && <p class="system day">{day(entry.at)}</p>;
  if (entry.kind === "system")
    return (
      <>
        {divider}
        <p class="system">{say(entry)}</p>
      </>
    );
  const mine = entry.author.type === "visitor";
  // None while the next conversation is being fetched; what was said before stays on screen.
  const snapshot = chat.snapshot.value;
  const seen = mine && (snapshot?.agentSeenSeq ?? 0) >= entry.seq && isMyLast(chat, entry);
  const captioned = !joins(entry, after) || seen;
  const writesOn = chat.pending.value.some((item) => item.state !== "failed");
  return (
    <>
      {divider}
      <div class={mine ? "line mine" : "line"}>
        <Message entry={entry} mine={mine} files={chat.files} />
        {captioned && <p class="caption">{mine ? (seen ? words.value.seen : clock(entry.at)) : `${speaker(chat, entry)} · ${clock(entry.at)}`}</p>}
        {isLast && !writesOn && entry.author.type === "bot" && snapshot?.summary.mode === "bot" && snapshot.summary.status === "active" && <Offers chat={chat} answered={(entry.sources?.length ?? 0) > 0} />}
      </div>
    </>
  );
}

/** Below the bot's newest answer: a way to a person is always there. What did not answer cannot have helped. */
function Offers({ chat, answered }: { chat: Chat; answered: boolean }) {
  const asked = useSignal(false);
  const ask = async () => {
    asked.value = true;
    asked.value = await chat.talkToPerson();
  };
  return (
    <div class="offers">
      <button type="button" disabled={asked.value} onClick={() => void ask()}>
        {words.value.person}
      </button>
      {answered && (
        <button type="button" onClick={() => chat.send(words.value.helpedSaid)}>
          {words.value.helped}
        </button>
      )}
    </div>
  );
}

function speaker(chat: Chat, entry: Entry): string {
  if (entry.author.type === "bot") return entry.author.name || chat.settings.value?.botName || "AI";
  return firstName(entry.author.name) || chat.settings.value?.teamName || "";
}

/** Whether the next line continues this one, so that one caption does for both. */
function joins(entry: Entry, next: Entry | undefined): boolean {
  return (
    !!next &&
    next.kind !== "system" &&
    next.author.type === entry.author.type &&
    next.author.id === entry.author.id &&
    Date.parse(next.at) - Date.parse(entry.at) < Together
  );
}

function isMyLast(chat: Chat, entry: Entry): boolean {
  const mine = chat.entries.value.filter((other) => other.author.type === "visitor" && other.kind !== "system");
  return mine.at(-1) === entry && chat.pending.value.length === 0;
}

const isHeld = (item: { state: string; held?: boolean }) => item.state === "waiting" && item.held;

function waiting(state: "waiting" | "sending" | "sent", connected: boolean): string {
  if (state === "sent") return words.value.sent;
  return connected ? words.value.sending : words.value.waits;
}
