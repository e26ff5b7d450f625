import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchResult } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Dialog } from "../shell/dialog.tsx";
import { Icon } from "../shell/icons.tsx";
import { useLate } from "../shell/late.ts";
import { nameOf } from "../shell/people.ts";
import { go } from "../shell/place.ts";
import { rowTime } from "../shell/time.ts";
import { commandsOf } from "./commands.ts";
import { highlight, matches } from "./highlight.ts";
import "./palette.css";

interface Choice {
  key: string;
  group: string;
  icon: ComponentChildren;
  text: ComponentChildren;
  side?: ComponentChildren;
  pick(): void;
}

interface Props {
  desk: Desk;
  close(): void;
  showShortcuts(): void;
}

/** How long after the last key the server is asked. */
const pause = 120;

/** Ctrl/Cmd+K: conversations, visitors, messages and commands in one list. */
export function Palette({ desk, close, showShortcuts }: Props) {
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<{ for: string; result: SearchResult | null; failed?: string } | null>(null);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const text = typed.trim();
  const late = useLate(text !== "" && found?.for !== text);

  useEffect(() => {
    if (text === "") return;
    let gone = false;
    const timer = setTimeout(() => {
      desk.api.search(text, 6).then(
        (result) => !gone && setFound({ for: text, result }),
        (error: Error) => !gone && setFound({ for: text, result: null, failed: error.message }),
      );
    }, pause);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text]);

  const choices = choicesOf(desk, text, text ? (found?.result ?? null) : null, showShortcuts);
  const current = Math.min(at, choices.length - 1);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [current]);

  const pick = (choice: Choice | undefined) => {
    if (!choice) return;
    close();
    choice.pick();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      setAt((current + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      pick(choices[current]);
    }
  };

  return (
    <Dialog label="Search" class="palette" close={close}>
      <div class="palette-input">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Search conversations, visitors and messages, or a command"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[current] ? `palette-${current}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          autofocus
          placeholder="Search or command"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label="Results" ref={list}>
        {choices.map((choice, index) => (
          <div key={choice.key} role="presentation">
            {choice.group !== choices[index - 1]?.group && (
              <div class="palette-group" role="presentation">
                {choice.group}
              </div>
            )}
            <div
              id={`palette-${index}`}
              role="option"
              class="palette-choice"
              aria-selected={index === current}
              onPointerMove={() => index !== current && setAt(index)}
              onClick={() => pick(choice)}
            >
              {choice.icon}
              <span class="palette-text">{choice.text}</span>
              {choice.side && <span class="palette-side">{choice.side}</span>}
            </div>
          </div>
        ))}
      </div>
      {text !== "" && choices.length === 0 && (
        <p class="palette-none" role="status">
          {late || found?.for !== text
            ? "Searching…"
            : (found.failed ?? `Nothing found for “${text}”. Names, e-mails and words of messages are searched.`)}
        </p>
      )}
    </Dialog>
  );
}

function choicesOf(desk: Desk, text: string, result: SearchResult | null, showShortcuts: () => void): Choice[] {
  const open = (id: string, seq?: number) => go({ at: "conversation", id, ...(seq && { seq }) });
  const commands = commandsOf(desk, showShortcuts)
    .filter((command) => matches(command.label, text))
    .map((command) => ({
      key: `command:${command.label}`,
      group: "Commands",
      icon: <Icon name={command.icon} size={15} />,
      text: command.label,
      ...(command.keys && { side: <kbd>{command.keys}</kbd> }),
      pick: command.run,
    }));
  if (!result) return commands;
  return [
    ...result.conversations.map((row) => ({
      key: `conversation:${row.id}`,
      group: "Conversations",
      icon: <Avatar who={row.visitor} online={row.visitor.online} size={22} />,
      text: (
        <>
          <b>{nameOf(row.visitor)}</b> {row.preview}
        </>
      ),
      side: row.status === "active" ? rowTime(row.lastAt) : row.status === "solved" ? "Solved" : "Snoozed",
      pick: () => open(row.id),
    })),
    ...result.visitors.map((visitor) => ({
      key: `visitor:${visitor.id}`,
      group: "Visitors",
      icon: <Avatar who={visitor} size={22} />,
      text: (
        <>
          <b>{nameOf(visitor)}</b> {visitor.name && visitor.email}
        </>
      ),
      pick: () => open(visitor.lastConversationId),
    })),
    ...result.messages.map((message) => ({
      key: `message:${message.conversationId}:${message.seq}`,
      group: "Messages",
      icon: <Icon name="chat" size={16} />,
      text: (
        <>
          <b>{nameOf(message.visitor)}</b>{" "}
          {highlight(message.snippet).map((piece) => (piece.hit ? <mark>{piece.text}</mark> : piece.text))}
        </>
      ),
      side: rowTime(message.at),
      pick: () => open(message.conversationId, message.seq),
    })),
    ...commands,
  ];
}
