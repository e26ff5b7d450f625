const formats = (locale?: string) => ({
  clock: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  dayOfYear: new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" }),
  dayWithYear: new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" }),
  relative: new Intl.RelativeTimeFormat(locale ?? "en", { numeric: "auto" }),
});
let format = formats();

/** Writes times as they are written there, from now on. A tag that the browser does not know changes nothing. */
export function timesIn(locale: string): void {
  try {
    format = formats(locale);
  } catch {
    // No tag of a language at all.
  }
}

const Minute = 60_000;
const Hour = 60 * Minute;
const Day = 24 * Hour;

/** `12:33` */
export const clock = (at: string): string => format.clock.format(new Date(at));

/** `Today`, `Yesterday`, `3 March`, `3 March 2024` */
export function day(at: string, now: Date = new Date()): string {
  const date = new Date(at);
  const days = daysSince(date, now);
  if (days === 0 || days === 1) return capital(format.relative.format(-days, "day"));
  return (date.getFullYear() === now.getFullYear() ? format.dayOfYear : format.dayWithYear).format(date);
}

export const isToday = (at: string): boolean => daysSince(new Date(at), new Date()) === 0;

/** How long ago, as short as a list wants it: `now`, `4 m`, `3 h`, `2 d`. */
export function age(at: string, now: number = Date.now()): string {
  const ms = Math.max(0, now - Date.parse(at));
  if (ms < Minute) return "now";
  if (ms < Hour) return `${Math.floor(ms / Minute)} m`;
  if (ms < Day) return `${Math.floor(ms / Hour)} h`;
  return `${Math.floor(ms / Day)} d`;
}

const daysSince = (date: Date, now: Date): number => Math.round((midnight(now) - midnight(date)) / Day);

const capital = (word: string): string => word.charAt(0).toLocaleUpperCase() + word.slice(1);

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
