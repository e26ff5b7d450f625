import { useDrop } from "@livesupport/shared/attachments/drop.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ContactCard, RatingCard } from "./Cards.tsx";
import type { Chat } from "./chat.ts";
import { Composer } from "./Composer.tsx";
import { Header } from "./Header.tsx";
import { words } from "./speech.ts";
import { Transcript } from "./Transcript.tsx";

/** A blink of the connection is nobody's business. */
const BannerAfter = 2_000;
const SkeletonAfter = 200;

export function Widget({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const drop = useDrop((files) => chat.uploads.add(files));
  /** How often the visitor has asked for the card with their name and e-mail; 0: it is not asked for. */
  const contact = useSignal(0);
  const ratedId = useSignal("");
  const offline = useLate(chat.connection.value !== "connected", BannerAfter);
  const notice = chat.notice.value;
  const summary = chat.snapshot.value?.summary;
  const waitsForPerson = summary?.mode === "human_interaction" && summary.status === "active" && !summary.owner;
  const asksContact = contact.value > 0 || (waitsForPerson && !chat.me.value?.email && !chat.contactAsked.value);
  const contactDone = () => {
    contact.value = 0;
    chat.contactWasAsked();
    focusTranscript();
  };
  const rateDone = (id: string) => {
    ratedId.value = id;
    focusTranscript();
  };
  const over = summary?.status === "solved";
  const asksRating = over && summary.isCase && ratedId.value !== summary.id && !rated(chat);

  return (
    <main
      class={drop.over ? "is-dropping" : ""}
      {...drop.handlers}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.isComposing && !document.querySelector("#menu:popover-open")) onClose();
      }}
    >
      <Header chat={chat} onClose={onClose} onContact={() => contact.value++} />
      <Banner chat={chat} offline={offline} />
      {chat.broken.value && !chat.settings.value ? (
        <p class="broken" role="alert">
          {chat.broken.value}
        </p>
      ) : (
        <>
          {chat.loading.value && chat.connection.value === "connecting" && <Skeleton />}
          <Transcript chat={chat}>
            {isUnanswered(chat) && chat.teamAway.value && (
              <p class="system" role="status">
                {words.value.leave(chat.me.value?.email)}
              </p>
            )}
            {asksContact && <ContactCard chat={chat} asked={contact.value} onDone={contactDone} />}
            {asksRating && <RatingCard chat={chat} onDone={() => rateDone(summary.id)} />}
          </Transcript>
          {notice && !(offline && notice.code === "offline") && (
            <p class="notice" role="alert">
              {notice.sentence}
            </p>
          )}
          <Composer chat={chat} />
        </>
      )}
    </main>
  );
}

function Banner({ chat, offline }: { chat: Chat; offline: boolean }) {
  if (chat.broken.value && chat.settings.value)
    return (
      <p class="banner" role="alert">
        {chat.broken.value}
      </p>
    );
  if (chat.broken.value || !offline) return null;
  return (
    <p class="banner" role="status">
      {words.value.offline}
    </p>
  );
}

function Skeleton() {
  const shown = useLate(true, SkeletonAfter);
  if (!shown) return null;
  return (
    <div class="skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

/** True once `now` has been true for that long. */
function useLate(now: boolean, ms: number): boolean {
  const late = useSignal(false);
  useEffect(() => {
    late.value = false;
    if (!now) return;
    const timer = setTimeout(() => (late.value = true), ms);
    return () => clearTimeout(timer);
  }, [now]);
  return now && late.value;
}

/** The card that had the focus goes; without a keyboard that comes up on a phone. */
const focusTranscript = () => document.querySelector<HTMLElement>(".transcript")?.focus();

/** The visitor waits for a person's word. */
function isUnanswered(chat: Chat): boolean {
  return chat.withPeople.value && chat.entries.value.findLast((entry) => entry.kind !== "system")?.author.type !== "agent";
}

function rated(chat: Chat): boolean {
  return chat.snapshot.value?.entries.findLast((entry) => entry.kind === "system")?.code === "rated";
}
