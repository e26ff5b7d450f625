import type { RefObject } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { SavedReply } from "../api.ts";
import type { Desk } from "../desk.ts";
import { ReplyPicker } from "./picker.tsx";
import { filled, fitting, slashBefore } from "./replies.ts";

/** Choosing a saved reply by "/" in a text that is being written. `place`: what changes when another text is. */
export function useSavedReplies(desk: Desk, box: RefObject<HTMLTextAreaElement | null>, text: string, place: string) {
  const id = useId();
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  /** The slash at which somebody pressed Escape: it is meant as a slash. */
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const slash = caret === null ? null : slashBefore(text, caret);
  const wanted = slash !== null && slash.from !== closedAt && (slash.first || slash.word !== "");
  const all = desk.replies.all.value;
  const shown = wanted && all ? fitting(all, slash) : [];
  const open = wanted && (slash.first || shown.length > 0);
  const current = Math.min(at, shown.length - 1);

  useEffect(() => setCaret(null), [place]);
  useEffect(() => setAt(0), [slash?.word]);
  useEffect(() => {
    if (!slash) setClosedAt(null);
  }, [slash === null]);
  useEffect(() => {
    if (wanted) desk.replies.load();
  }, [wanted]);

  const look = () => {
    const { selectionStart: start, selectionEnd: end } = box.current!;
    setCaret(start === end ? start : null);
  };
  const words = (reply: SavedReply) => filled(reply.text, { visitor: desk.opened.value?.visitor.name, agent: desk.me.value.name });
  const pick = (reply: SavedReply) => {
    const area = box.current!;
    area.focus();
    area.setSelectionRange(slash!.from, caret!);
    // As if it were typed, which no newer call does: Ctrl+Z takes it out again.
    document.execCommand("insertText", false, words(reply));
  };

  /** True when the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open || shown.length === 0 || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setAt((current + step + shown.length) % shown.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(shown[current]!);
    else return false;
    event.preventDefault();
    return true;
  };

  const aria = {
    "aria-autocomplete": "list" as const,
    "aria-controls": open ? id : undefined,
    "aria-activedescendant": open && shown.length > 0 ? `${id}-${current}` : undefined,
  };
  const picker = open && (
    <ReplyPicker
      id={id}
      replies={desk.replies}
      shown={shown}
      words={words}
      current={current}
      mayWrite={desk.me.value.role !== "agent"}
      point={setAt}
      pick={pick}
      close={() => setClosedAt(slash.from)}
    />
  );
  return { look, leave: () => setCaret(null), onKey, aria, picker };
}
