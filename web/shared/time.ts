const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, options);
const Clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DayOfYear = format({ day: "numeric", month: "long" });
const DayWithYear = format({ day: "numeric", month: "long", year: "numeric" });

const Minute = 60_000;
const Hour = 60 * Minute;
const Day = 24 * Hour;

/** `12:33` */
export const clock = (at: string): string => Clock.format(new Date(at));

/** `Today`, `Yesterday`, `3 March`, `3 March 2024` */
export function day(at: string, now: Date = new Date()): string {
  const date = new Date(at);
  const days = Math.round((midnight(now) - midnight(date)) / Day);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? DayOfYear : DayWithYear).format(date);
}

/** How long ago, as short as a list wants it: `now`, `4 m`, `3 h`, `2 d`. */
export function age(at: string, now: number = Date.now()): string {
  const ms = Math.max(0, now - Date.parse(at));
  if (ms < Minute) return "now";
  if (ms < Hour) return `${Math.floor(ms / Minute)} m`;
  if (ms < Day) return `${Math.floor(ms / Hour)} h`;
  return `${Math.floor(ms / Day)} d`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
