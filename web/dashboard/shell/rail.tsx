import { AccountMenu } from "../account/account-menu.tsx";
import type { Desk } from "../desk.ts";
import { Icon, type IconName } from "./icons.tsx";
import { go, place, type Place } from "./place.ts";

interface Props {
  desk: Desk;
  signOut(): void;
  showShortcuts(): void;
}

export function Rail({ desk, signOut, showShortcuts }: Props) {
  const here = place.value;
  const section = here.at === "settings" ? here.section : here.at === "operations" ? "operations" : "queue";
  const unread = desk.queue.unread.value;
  const link = (label: string, icon: IconName, to: Place, current: boolean, mark = false) => (
    <button type="button" class="rail-item" aria-label={label} title={label} aria-current={current ? "page" : undefined} onClick={() => go(to)}>
      <Icon name={icon} />
      {mark && <i class="rail-mark" />}
    </button>
  );
  return (
    <nav class="rail" aria-label="Main">
      <span class="logo" aria-hidden="true">
        L
      </span>
      {link("Conversations", "inbox", { at: "queue" }, section === "queue", unread > 0 && section !== "queue")}
      {link("Help articles", "article", { at: "settings", section: "articles" }, section === "articles")}
      {link("Team", "team", { at: "settings", section: "team" }, section === "team")}
      <span class="rail-gap" />
      <button type="button" class="rail-item is-wide-only" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={showShortcuts}>
        <Icon name="keyboard" />
      </button>
      {desk.me.value.role === "admin" && link("Operations", "pulse", { at: "operations" }, section === "operations")}
      {link("Settings", "settings", { at: "settings", section: "widget" }, section === "widget")}
      <AccountMenu desk={desk} signOut={signOut} />
    </nav>
  );
}
