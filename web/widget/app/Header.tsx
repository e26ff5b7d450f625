import type { Chat } from "./chat.ts";
import { Icon } from "./Icon.tsx";
import { framed } from "./page.ts";
import { firstName, initials } from "./words.ts";

export function Header({ chat, onClose, onContact }: { chat: Chat; onClose: () => void; onContact: () => void }) {
  const team = chat.settings.value?.teamName ?? "";
  const summary = chat.snapshot.value?.summary;
  const owner = summary?.owner;
  const bot = summary ? summary.mode === "bot" : (chat.settings.value?.botEnabled ?? true);
  const canEnd = summary && summary.status !== "solved";
  return (
    <header>
      {owner ? (
        <div class="avatar" aria-hidden="true">
          {initials(owner.name)}
        </div>
      ) : (
        <div class={bot ? "avatar bot" : "avatar"} aria-hidden="true">
          {bot ? <Icon name="bot" /> : initials(team)}
        </div>
      )}
      <div class="who">
        <h1>{owner ? `${firstName(owner.name)} from ${team}` : team || "Chat"}</h1>
        <p>{subtitle(!!owner, bot, summary?.status === "solved")}</p>
      </div>
      <button type="button" class="icon" aria-label="More" popovertarget="menu">
        <Icon name="more" />
      </button>
      {framed && (
        <button type="button" class="icon" aria-label="Close chat" onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
      <div id="menu" popover="auto">
        <MenuItem onClick={onContact}>Your name and e-mail</MenuItem>
        <MenuItem disabled={!canEnd} onClick={() => void chat.end()}>
          End this conversation
        </MenuItem>
      </div>
    </header>
  );
}

function MenuItem(props: { children: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      disabled={props.disabled}
      onClick={() => {
        document.getElementById("menu")!.hidePopover();
        props.onClick();
      }}
    >
      {props.children}
    </button>
  );
}

function subtitle(owned: boolean, bot: boolean, solved: boolean): string {
  if (solved) return "Write to begin again";
  if (owned) return "is talking with you";
  return bot ? "Our assistant answers at once" : "A person will join you soon";
}
