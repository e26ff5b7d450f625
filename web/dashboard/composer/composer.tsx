import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { filesOf } from "@livesupport/shared/attachments/drop.ts";
import { Clip, Tray } from "@livesupport/shared/attachments/Tray.tsx";
import { wordsOf } from "@livesupport/shared/attachments/uploads.ts";
import type { Entry } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import { useSavedReplies } from "../replies/choosing.tsx";
import { onlySlash } from "../replies/replies.ts";
import { Icon } from "../shell/icons.tsx";
import { nameOf } from "../shell/people.ts";
import { ago, now } from "../shell/time.ts";
import type { Writing } from "./writing.ts";
import "./composer.css";

interface Props {
  desk: Desk;
  writing: Writing;
  id: string;
}

export function Composer({ desk, writing, id }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { tab } = writing.draft.value;
  const text = writing.text.value;
  const note = tab === "note";
  const held = note ? null : writing.heldBy.value;
  const uploads = writing.uploads.value;
  const replies = useSavedReplies(desk, box, text, `${id} ${tab}`);

  // As high as the text, up to the limit of the style sheet.
  useLayoutEffect(() => {
    const area = box.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text, tab]);
  useEffect(() => {
    if (matchMedia("(min-width: 900px)").matches) box.current!.focus();
  }, [id]);

  const onInput = (event: InputEvent) => {
    const value = box.current!.value;
    const grew = value.trim().length > text.trim().length || onlySlash(text);
    // Looking for a saved reply claims nothing; putting it in does.
    writing.write(value, grew && !event.isComposing && !onlySlash(value));
    replies.look();
  };
  const send = () => {
    writing.send();
    box.current!.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word.
    if (event.isComposing || event.keyCode === 229 || replies.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    }
  };
  const pick = (next: "reply" | "note") => {
    writing.setTab(next);
    box.current!.focus();
  };

  return (
    <div class="composer">
      <Banner desk={desk} writing={writing} id={id} />
      <div class={`composer-box ${note ? "is-note" : ""}`}>
        {replies.picker}
        <div class="composer-tabs" role="group" aria-label="What you write">
          <button type="button" aria-pressed={!note} onClick={() => pick("reply")}>
            Reply
          </button>
          <button type="button" aria-pressed={note} onClick={() => pick("note")}>
            Note
          </button>
          <span class="composer-hint">{note ? "Only your team sees notes" : "/ for saved replies · Shift+Enter for a new line"}</span>
        </div>
        <textarea
          ref={box}
          rows={1}
          aria-label={note ? "Note for your team" : "Message"}
          aria-describedby={writing.tooLong.value > 0 ? "too-long" : undefined}
          aria-invalid={writing.tooLong.value > 0}
          placeholder={placeholder(desk, writing)}
          value={text}
          onInput={onInput}
          onCompositionEnd={() => writing.write(box.current!.value, box.current!.value.trim() !== "")}
          onKeyDown={onKey}
          onKeyUp={replies.look}
          onClick={replies.look}
          onBlur={replies.leave}
          {...replies.aria}
          onPaste={(event) => {
            const files = filesOf(event);
            if (files.length === 0) return;
            event.preventDefault();
            uploads.add(files);
          }}
          data-composer
        />
        <Tray uploads={uploads} />
        <div class="composer-foot">
          <Clip key={tab} uploads={uploads} class="button is-icon" after={() => box.current!.focus()} />
          {writing.tooLong.value > 0 ? (
            <span id="too-long" class="is-danger" role="alert">
              {writing.tooLong.value.toLocaleString("en")} characters too long
            </span>
          ) : (
            held && text.trim() !== "" && <span class="composer-why">Stays a draft while {held.name} has this conversation.</span>
          )}
          <button
            type="button"
            class={`button ${note ? "is-noted" : "is-primary"}`}
            disabled={!writing.sendable.value || Boolean(held)}
            onClick={send}
          >
            {note ? "Add note" : "Send"} <span aria-hidden="true">⏎</span>
          </button>
        </div>
      </div>
    </div>
  );
}

function placeholder(desk: Desk, writing: Writing): string {
  const summary = desk.opened.value;
  if (writing.draft.value.tab === "note") return "Write a note";
  if (!summary) return "";
  if (summary.status === "solved") return "Solved. A reply opens it again";
  if (writing.heldBy.value) return `${writing.heldBy.value.name} has this conversation`;
  if (summary.owner) return `Reply to ${nameOf(summary.visitor)}`;
  return summary.mode === "bot" ? "Start typing to join; the bot pauses" : "Start typing to join";
}

/** What typing did, and how to take it back; or who was faster. */
function Banner({ desk, writing, id }: Props) {
  const joining = writing.joining.value;
  const held = writing.heldBy.value;
  const takeOver = (
    <button type="button" class="link" onClick={() => void desk.run("TakeOver", id)}>
      Take over
    </button>
  );
  if (writing.conflict.value) {
    const came = newestReplyOfOthers(desk, writing.conflict.value.since);
    return (
      <div class="banner is-warning" role="alert">
        <Icon name="warning" size={16} />
        <span>
          Not sent, kept as a draft. {writing.conflict.value.why}
          {came && (
            <q class="banner-quote">
              {came.author.name}: {wordsOf(came)}
            </q>
          )}
        </span>
        <button type="button" class="link" onClick={() => (writing.conflict.value = null)}>
          Got it
        </button>
      </div>
    );
  }
  if (joining.step === "lost") {
    return (
      <div class="banner is-warning" role="alert">
        <span>
          {joining.by.name} joined {ago(joining.at, Math.max(now.value, joining.at))}. Your text stays here as a draft.
        </span>
        {takeOver}
      </div>
    );
  }
  if (held) {
    return (
      <div class="banner">
        <span>{held.name} has this conversation. You can leave a note, or take over.</span>
        {takeOver}
      </div>
    );
  }
  if (writing.undoable.value) {
    return (
      <div class="banner is-joined" role="status">
        <span>{joining.step === "in" && joining.fromBot ? "You joined · bot paused" : "You joined"}</span>
        <button type="button" class="link" onClick={() => writing.undoJoin()}>
          Undo
        </button>
      </div>
    );
  }
  if (joining.step === "undone") {
    return (
      <div class="banner" role="status">
        <span>
          {joining.why === "quiet" ? "Nothing was written for a minute, so you left again." : "You left again."} Your text is kept.
        </span>
        <button type="button" class="link" onClick={() => writing.joinNow()}>
          Join
        </button>
      </div>
    );
  }
  if (joining.step === "failed") {
    return (
      <div class="banner is-warning" role="alert">
        <span>You did not join. {joining.sentence}</span>
        <button type="button" class="link" onClick={() => writing.joinNow()}>
          Try again
        </button>
      </div>
    );
  }
  return null;
}

function newestReplyOfOthers(desk: Desk, since: number): Entry | undefined {
  const entries = desk.open.value?.conversation.snapshot.value?.entries ?? [];
  return entries.findLast((entry) => entry.seq > since && (entry.kind === "text" || entry.kind === "attachment") && entry.author.type === "agent" && entry.author.id !== desk.me.value.id);
}
