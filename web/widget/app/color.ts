/** The site's colour, made readable. Ratios as in WCAG 2. */

type Rgb = [number, number, number];

const Readable = 4.5;
const White: Rgb = [255, 255, 255];
const Ink: Rgb = [22, 25, 31];
/** The worst background of each theme for text in the accent: theme.css's --soft. */
const LightSurface: Rgb = [243, 244, 247];
const DarkSurface: Rgb = [33, 38, 46];

export interface Accent {
  /** Under `ink`. */
  fill: string;
  ink: string;
  /** As text and line on our surfaces. */
  onLight: string;
  onDark: string;
}

/** @param color `#rrggbb`; anything else gives the blue of theme.css. */
export function accentOf(color: string): Accent {
  const fill = parse(color) ?? [37, 99, 235];
  const ink = contrast(fill, White) >= Readable || contrast(fill, White) >= contrast(fill, Ink) ? White : Ink;
  return {
    // A mid grey-blue may be readable with neither; then the fill gives way, not the text.
    fill: hex(mixUntil(fill, ink === White ? Ink : White, ink)),
    ink: hex(ink),
    onLight: hex(mixUntil(fill, Ink, LightSurface)),
    onDark: hex(mixUntil(fill, White, DarkSurface)),
  };
}

/** The first colour on the way from `from` to `to` that is readable with `other`. */
function mixUntil(from: Rgb, to: Rgb, other: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = from.map((value, i) => Math.round(value + (to[i]! - value) * share)) as Rgb;
    if (contrast(mixed, other) >= Readable) return mixed;
  }
  return to;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function parse(color: string): Rgb | undefined {
  const [, r, g, b] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color) ?? [];
  return r && g && b ? [parseInt(r, 16), parseInt(g, 16), parseInt(b, 16)] : undefined;
}

const hex = (rgb: Rgb) => `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
