import type { MenuItem } from "../shell/menu.tsx";
import { untilWhen } from "../shell/time.ts";

/** The same as a menu; `pick` is given the end, RFC 3339. */
export const snoozeItems = (pick: (until: string) => void): MenuItem[] =>
  snoozeChoices(new Date()).map(({ label, until }) => ({
    label,
    hint: untilWhen(until.toISOString()).replace("until ", ""),
    pick: () => pick(until.toISOString()),
  }));

/** The ends of a snooze that the menu offers, in the agent's own time. */
export function snoozeChoices(now: Date): { label: string; until: Date }[] {
  const at = (days: number, hour: number) => {
    const date = new Date(now);
    date.setDate(date.getDate() + days);
    date.setHours(hour, 0, 0, 0);
    return date;
  };
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices = [
    { label: "In 1 hour", until: inHours(1) },
    { label: "In 3 hours", until: inHours(3) },
    { label: "Tomorrow morning", until: at(1, 9) },
    { label: "Next Monday", until: at(toMonday, 9) },
  ];
  return toMonday === 1 ? choices.slice(0, 3) : choices;
}
