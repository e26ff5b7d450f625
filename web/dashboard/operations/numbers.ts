/** "0", "0.4", "12", "1.2 k": as many figures as the eye compares. */
export function rate(perSecond: number): string {
  if (perSecond >= 1_000) return `${(perSecond / 1_000).toFixed(perSecond >= 10_000 ? 0 : 1)} k`;
  if (perSecond >= 10) return perSecond.toFixed(0);
  return perSecond === 0 ? "0" : perSecond < 0.05 ? "<0.1" : perSecond.toFixed(1);
}

/** "0.08 ms", "4.2 ms", "180 ms", "2.4 s"; a dash for nothing. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  const ms = seconds * 1_000;
  if (ms >= 1_000) return `${seconds.toFixed(1)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return `${ms >= 1 ? ms.toFixed(1) : ms.toFixed(2)} ms`;
}

const units = ["B", "KB", "MB", "GB", "TB"];

/** "812 B", "14 MB", "1.3 GB". */
export function size(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  let unit = 0;
  let left = bytes;
  for (; left >= 1_000 && unit < units.length - 1; unit++) left /= 1_000;
  return `${left >= 10 || unit === 0 ? left.toFixed(0) : left.toFixed(1)} ${units[unit]}`;
}

/** "35 %", of one core. */
export const share = (cores: number): string => `${(cores * 100).toFixed(0)} %`;

/** "40 s", "3 min", "5 h", "12 d". */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** The points of a line in a box; the newest is at the right edge, and zero at the bottom. */
export function sparkline(values: number[], width: number, height: number, length: number): string {
  const most = Math.max(...values, 0);
  const step = width / Math.max(1, length - 1);
  return values
    .slice(-length)
    .map((value, i, shown) => {
      const x = width - (shown.length - 1 - i) * step;
      const y = most > 0 ? height - (value / most) * height : height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
