import { theme, themes } from "../account/theme.ts";
import type { Desk } from "../desk.ts";
import { go } from "../shell/place.ts";

export interface Command {
  label: string;
  keys?: string;
  run(): void;
}

/** What can be done from here, in words. */
export function commandsOf(desk: Desk, showShortcuts: () => void): Command[] {
  const commands: Command[] = [];
  const opened = desk.opened.value;
  const admin = desk.me.value.role === "admin";
  if (opened) {
    const { id, status, mode, owner } = opened;
    if (status === "solved") commands.push({ label: "Reopen this conversation", run: () => void desk.command("Reopen", id) });
    else {
      commands.push({ label: "Solve this conversation", keys: "Alt E", run: () => void desk.command("Solve", id) });
      if (!owner) commands.push({ label: "Join this conversation", run: () => desk.open.value?.writing.joinNow() });
      if (owner && owner.id !== desk.me.value.id) commands.push({ label: "Take over this conversation", run: () => void desk.command("TakeOver", id) });
      if (mode === "human_interaction") commands.push({ label: "Hand over to bot", run: () => void desk.command("HandToBot", id) });
    }
    if (admin) commands.push({ label: "What happened to this conversation?", run: () => go({ at: "operations", conversation: id }) });
    commands.push({ label: "Close this conversation", keys: "Esc", run: () => go({ at: "queue" }) });
  }
  commands.push(
    { label: "Go to Inbox", run: () => desk.queue.select({ view: "inbox", filter: "active" }) },
    { label: "Go to Unassigned", run: () => desk.queue.select({ view: "unassigned", filter: "all" }) },
    { label: "Go to all conversations", run: () => desk.queue.select({ view: "all", filter: "all" }) },
    { label: "Go to solved conversations", run: () => desk.queue.select({ view: "all", filter: "solved" }) },
    { label: "Open help articles", run: () => go({ at: "settings", section: "articles" }) },
    { label: "Open team", run: () => go({ at: "settings", section: "team" }) },
    { label: "Open widget settings", run: () => go({ at: "settings", section: "widget" }) },
    ...(admin ? [{ label: "Open operations", run: () => go({ at: "operations" }) }] : []),
    { label: "Set me online", run: () => void desk.setAvailability("online") },
    { label: "Set me away", run: () => void desk.setAvailability("away") },
    { label: "Set me offline", run: () => void desk.setAvailability("offline") },
    ...themes.map(([key, label]) => ({ label: `Theme: ${label.toLowerCase()}`, run: () => (theme.value = key) })),
    { label: "Keyboard shortcuts", keys: "?", run: showShortcuts },
  );
  return commands;
}
