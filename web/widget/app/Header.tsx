import type { Chat } from "./chat.ts";
import { Icon } from "./Icon.tsx";
import { framed } from "./page.ts";
import { words } from "./speech.ts";
import { firstName, initials, subtitle } from "./words.ts";

export function Header({ chat, onClose, onContact }: { chat: Chat; onClose: () => void; onContact: () => void }) {
  const say = words.value;
  const team = chat.settings.value?.teamName ?? "";
  const summary = chat.snapshot.value?.summary;
  const owner = summary?.owner;
  // Until it is known who answers, nothing is said of it.
  const unknown = chat.loading.value;
  const bot = summary ? summary.mode === "bot" : (chat.settings.value?.botEnabled ?? true);
  const canEnd = summary && summary.status !== "solved";
  return (
    <header>
      {owner ? (
        <div class="avatar" aria-hidden="true">
          {initials(owner.name)}
        </div>
      ) : unknown ? (
        <div class="avatar unknown" aria-hidden="true" />
      ) : (
        <div class={bot ? "avatar bot" : "avatar"} aria-hidden="true">
          {bot ? <Icon name="bot" /> : initials(team)}
        </div>
      )}
      <div class="who">
        <h1>{owner ? say.from(firstName(owner.name), team) : team || say.chat}</h1>
        <p>{unknown ? "" : subtitle({ owned: !!owner, bot, solved: summary?.status === "solved", away: chat.teamAway.value })}</p>
      </div>
      <button type="button" class="icon" aria-label={say.more} popovertarget="menu">
        <Icon name="more" />
      </button>
      {framed && (
        <button type="button" class="icon" aria-label={say.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
      <div id="menu" popover="auto" onToggle={(event) => event.newState === "open" && step(event.currentTarget, 0)} onKeyDown={onMenuKey}>
        <MenuItem onClick={onContact}>{say.contact}</MenuItem>
        <MenuItem onClick={() => chat.setSound(!chat.sound.value)}>{chat.sound.value ? say.soundOff : say.soundOn}</MenuItem>
        <MenuItem disabled={!canEnd} onClick={() => void chat.end()}>
          {say.end}
        </MenuItem>
      </div>
    </header>
  );
}

const Steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

function onMenuKey(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = Steps[event.key];
  if (!by) return;
  event.preventDefault();
  step(event.currentTarget, by);
}

/** To the menu's next item, or the one before; from outside to its first. */
function step(menu: HTMLElement, by: number): void {
  const items = [...menu.querySelectorAll<HTMLElement>("button:enabled")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[at < 0 ? 0 : (at + by + items.length) % items.length]?.focus();
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
