import { filesOf } from "@livesupport/shared/attachments/drop.ts";
import { Clip, Tray } from "@livesupport/shared/attachments/Tray.tsx";
import { limits } from "@livesupport/shared/protocol.ts";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "./chat.ts";
import { Icon } from "./Icon.tsx";
import { words } from "./speech.ts";

/** From here on the count of characters is shown. */
const NearLimit = limits.visitorText - 500;

export function Composer({ chat }: { chat: Chat }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = chat.draft.value;
  const left = limits.visitorText - text.length;
  // Invisible characters alone are no message; the server refuses them too.
  const readable = /[^\s\p{Cc}\p{Cf}]/u.test(text);
  const canSend = (readable || chat.uploads.any.value) && chat.uploads.settled.value && left >= 0;

  const send = () => {
    if (!canSend) return;
    chat.sendDraft();
    field.current!.focus();
  };

  useLayoutEffect(() => {
    const area = field.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text, chat.open.value]);
  // On a phone the keyboard would cover what there is to read.
  useEffect(() => {
    if (chat.open.value && matchMedia("(hover: hover)").matches) field.current!.focus();
  }, [chat.open.value]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Tray uploads={chat.uploads} />
      <Clip uploads={chat.uploads} class="icon clip" after={() => field.current!.focus()} />
      <textarea
        ref={field}
        rows={1}
        value={text}
        placeholder={`${words.value.write}…`}
        aria-label={words.value.write}
        enterkeyhint="send"
        onInput={(event) => {
          chat.setDraft(event.currentTarget.value);
          chat.typed();
        }}
        onPaste={(event) => {
          const files = filesOf(event);
          if (!files.length) return;
          event.preventDefault();
          chat.uploads.add(files);
        }}
        onKeyDown={(event) => {
          // 229: some keyboards end a composition with the same Enter.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          send();
        }}
      />
      {text.length > NearLimit && (
        <span class={left < 0 ? "left over" : "left"} role="status">
          {left < 0 ? words.value.tooMany(-left) : left}
        </span>
      )}
      <button type="submit" class="send" aria-label={words.value.send} disabled={!canSend}>
        <Icon name="send" />
      </button>
    </form>
  );
}
