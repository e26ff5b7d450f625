import { signal } from "@preact/signals";
import { clock as timeOf } from "@livesupport/shared/time.ts";

/** The time that screens count from, renewed every ten seconds: "waiting 4 min" moves without anybody's asking. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);

const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export { timeOf };
export const fullTime = (at: string | number): string => full.format(new Date(at));

/** Whole calendar days, in the reader's own zone, from `then` to `today`. */
function daysBetween(then: number, today: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(today) - midnight(then)) / 86_400_000);
}

/** "Today", "Yesterday", "Tuesday", "3 May", "3 May 2024". */
export function dayOf(at: string | number, today = now.value): string {
  const then = new Date(at);
  const days = daysBetween(then.getTime(), today);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < 7) return weekday.format(then);
  return then.getFullYear() === new Date(today).getFullYear() ? dayMonth.format(then) : dayMonthYear.format(then);
}

/** The short time of a queue row: the hour today, then the day. */
export function rowTime(at: string, today = now.value): string {
  const day = dayOf(at, today);
  return day === "Today" ? timeOf(at) : day.length > 8 && !day.includes(" ") ? day.slice(0, 3) : day;
}

/** "now", "4 min", "3 h", "2 d". */
export function lengthOf(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

export function ago(at: string | number, today = now.value): string {
  const since = today - new Date(at).getTime();
  return since < 60_000 ? "just now" : `${lengthOf(since)} ago`;
}

/** "until 14:00", "until tomorrow 09:00", "until 3 May 09:00". */
export function untilWhen(at: string, today = now.value): string {
  const days = daysBetween(today, new Date(at).getTime());
  const day = days <= 0 ? "" : days === 1 ? "tomorrow " : `${dayMonth.format(new Date(at))} `;
  return `until ${day}${timeOf(at)}`;
}

/** The hour where the visitor is; null when the zone is unknown to us or to this browser. */
export function timeThere(zone: string | null | undefined, today = now.value): string | null {
  if (!zone) return null;
  try {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(today);
  } catch {
    return null;
  }
}
