import { theme, themes, type Theme } from "../account/theme.ts";
import type { Desk } from "../desk.ts";
import { snoozeChoices } from "../conversation/snooze.ts";
import type { IconName } from "../shell/icons.tsx";
import { go, openId } from "../shell/place.ts";

export interface Command {
  label: string;
  icon: IconName;
  keys?: string;
  run(): void;
}

const themeIcons: Record<Theme, IconName> = { system: "screen", light: "sun", dark: "moon" };

/** What can be done from here, in words. */
export function commandsOf(desk: Desk, showShortcuts: () => void): Command[] {
  const commands: Command[] = [];
  // From the settings back to the list; what is open beside it stays open.
  const show = (choice: Parameters<Desk["queue"]["select"]>[0]) => {
    desk.queue.select(choice);
    if (!openId()) go({ at: "queue" });
  };
  const opened = desk.opened.value;
  const admin = desk.me.value.role === "admin";
  if (opened) {
    const { id, status, mode, owner } = opened;
    if (status === "solved") commands.push({ label: "Reopen this conversation", icon: "chat", run: () => void desk.command("Reopen", id) });
    else {
      commands.push({ label: "Solve this conversation", icon: "check", keys: "Alt E", run: () => void desk.command("Solve", id) });
      if (!owner) commands.push({ label: "Join this conversation", icon: "person", run: () => desk.open.value?.writing.joinNow() });
      if (owner && owner.id !== desk.me.value.id) commands.push({ label: "Take over this conversation", icon: "person", run: () => void desk.command("TakeOver", id) });
      if (owner?.id !== desk.me.value.id)
        commands.push({ label: "Assign to me", icon: "person", run: () => void desk.run("Assign", { conversationId: id, agentId: desk.me.value.id }) });
      for (const { label, until } of snoozeChoices(new Date()))
        commands.push({ label: `Snooze: ${label[0]!.toLowerCase()}${label.slice(1)}`, icon: "clock", run: () => void desk.run("Snooze", { conversationId: id, until: until.toISOString() }) });
      commands.push({ label: "Mark as unread", icon: "unread", keys: "Alt U", run: () => void desk.markUnread(id) });
      if (mode === "human_interaction") commands.push({ label: "Hand over to bot", icon: "bot", run: () => void desk.command("HandToBot", id) });
    }
    if (admin) commands.push({ label: "What happened to this conversation?", icon: "pulse", run: () => go({ at: "operations", conversation: id }) });
    commands.push({ label: "Close this conversation", icon: "close", keys: "Esc", run: () => go({ at: "queue" }) });
  }
  commands.push(
    { label: "Go to Inbox", icon: "inbox", run: () => show({ view: "inbox", filter: "active" }) },
    { label: "Go to Unassigned", icon: "inbox", run: () => show({ view: "unassigned", filter: "all" }) },
    { label: "Go to all conversations", icon: "inbox", run: () => show({ view: "all", filter: "all" }) },
    { label: "Go to solved conversations", icon: "inbox", run: () => show({ view: "all", filter: "solved" }) },
    { label: "Open help articles", icon: "article", run: () => go({ at: "settings", section: "articles" }) },
    { label: "Open saved replies", icon: "note", run: () => go({ at: "settings", section: "replies" }) },
    { label: "Open team", icon: "team", run: () => go({ at: "settings", section: "team" }) },
    { label: "Open widget settings", icon: "widget", run: () => go({ at: "settings", section: "widget" }) },
    ...(admin ? [{ label: "Open operations", icon: "pulse" as const, run: () => go({ at: "operations" }) }] : []),
    { label: "Set me online", icon: "person", run: () => void desk.setAvailability("online") },
    { label: "Set me away", icon: "person", run: () => void desk.setAvailability("away") },
    { label: "Set me offline", icon: "person", run: () => void desk.setAvailability("offline") },
    ...themes.map(([key, label]) => ({ label: `Theme: ${label.toLowerCase()}`, icon: themeIcons[key], run: () => (theme.value = key) })),
    { label: "Keyboard shortcuts", icon: "keyboard", keys: "?", run: showShortcuts },
  );
  return commands;
}
