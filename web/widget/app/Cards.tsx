import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { limits } from "@livesupport/shared/protocol.ts";
import type { Chat } from "./chat.ts";
import { words } from "./speech.ts";

/** Name and e-mail, both optional: who leaves can be reached later. Nothing here sends mail, so none is promised. */
export function ContactCard({ chat, asked, onDone }: { chat: Chat; asked: number; onDone: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  // Whoever asked for it wants to write in it; otherwise the focus stays where it is.
  useEffect(() => {
    if (asked) form.current!.querySelector("input")!.focus();
  }, [asked]);
  const { reach } = words.value;
  const busy = useSignal(false);
  const submit = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    busy.value = true;
    const done = await chat.identify({ name: String(data.get("name")).trim(), email: String(data.get("email")).trim() });
    busy.value = false;
    if (done) onDone();
  };
  return (
    <form
      ref={form}
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h2>{reach.title}</h2>
      <p>{reach.why}</p>
      <div class="fields">
        <label>
          {reach.name}
          <input name="name" autocomplete="name" maxLength={limits.name} defaultValue={chat.me.value?.name ?? ""} />
        </label>
        <label>
          {reach.email}
          <input name="email" type="email" autocomplete="email" maxLength={limits.email} defaultValue={chat.me.value?.email ?? ""} />
        </label>
      </div>
      <div class="actions">
        <button type="submit" class="primary" disabled={busy.value}>
          {reach.save}
        </button>
        <button type="button" onClick={onDone}>
          {reach.later}
        </button>
      </div>
    </form>
  );
}

/** After the end: one tap is enough, words are welcome. */
export function RatingCard({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const { rating } = words.value;
  const score = useSignal(0);
  const busy = useSignal(false);
  const submit = async (form: HTMLFormElement) => {
    busy.value = true;
    const done = await chat.rate(score.value, String(new FormData(form).get("comment") ?? "").trim());
    busy.value = false;
    if (done) onDone();
  };
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <fieldset>
        <legend>{rating.title}</legend>
        <div class="scores">
          {rating.scores.map((name, i) => (
            <label key={name} title={name}>
              <input type="radio" name="score" class="visually-hidden" aria-label={name} checked={score.value === i + 1} onChange={() => (score.value = i + 1)} />
              <span class={score.value >= i + 1 ? "star on" : "star"} aria-hidden="true">
                <svg viewBox="0 0 24 24">
                  <path d="m12 4 2.500 5.100 5.600.8-4 4 .9 5.600-5-2.700-5 2.700.9-5.600-4-4 5.600-.8Z" />
                </svg>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {score.value > 0 && (
        <>
          <label>
            {rating.comment}
            <textarea name="comment" rows={2} maxLength={2000} />
          </label>
          <div class="actions">
            <button type="submit" class="primary" disabled={busy.value}>
              {rating.send}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
