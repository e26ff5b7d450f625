import { useEffect, useRef } from "preact/hooks";
import type { SavedReply } from "../api.ts";
import { go } from "../shell/place.ts";
import { layer } from "../shell/layers.ts";
import type { SavedReplies } from "./replies.ts";
import "./picker.css";

interface Props {
  id: string;
  replies: SavedReplies;
  /** Those that fit what is typed. */
  shown: SavedReply[];
  /** What would be put in. */
  words(reply: SavedReply): string;
  current: number;
  mayWrite: boolean;
  point(index: number): void;
  pick(reply: SavedReply): void;
  close(): void;
}

/** Saved replies over the composer. The caret stays in the text, whose keys move the choice. */
export function ReplyPicker({ id, replies, shown, words, current, mayWrite, point, pick, close }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => layer(close), []);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [current, shown]);
  const all = replies.all.value;
  return (
    // Whoever presses the mouse here goes on writing.
    <div class="replies" onMouseDown={(event) => event.preventDefault()}>
      <div id={id} ref={list} class="replies-list" role="listbox" aria-label="Saved replies">
        {shown.map((reply, index) => (
          <div
            key={reply.id}
            id={`${id}-${index}`}
            role="option"
            class="replies-choice"
            aria-selected={index === current}
            title={words(reply)}
            onPointerMove={() => index !== current && point(index)}
            onClick={() => pick(reply)}
          >
            <b>/{reply.shortcut}</b>
            <span>{words(reply)}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && (
        <p class="replies-none" role="status">
          {all?.length === 0 ? "No saved replies yet. " : all ? "No saved reply fits." : (replies.failed.value ?? "Loading…")}
          {all?.length === 0 && mayWrite && (
            <button type="button" class="link" onClick={() => go({ at: "settings", section: "replies" })}>
              Write one
            </button>
          )}
        </p>
      )}
      <p class="replies-keys" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> put in <kbd>Esc</kbd> close
      </p>
    </div>
  );
}
