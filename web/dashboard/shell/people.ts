import type { Author, Optional, VisitorLocation } from "@livesupport/shared/protocol.ts";

interface Named {
  id: string;
  name?: Optional<string>;
  email?: Optional<string>;
}

/** What we call a visitor: the name, else the e-mail, else a short name that stays the same. */
export const nameOf = (who: Named): string => who.name || who.email || `Visitor ${who.id.slice(-4)}`;

export const isKnown = (who: Named): boolean => Boolean(who.name || who.email);

export function initialsOf(name: string): string {
  const words = name.split("@")[0]!.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!].map((word) => [...word][0]!) : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toLocaleUpperCase();
}

// All of them hold 4.5:1 under white letters.
const tints = ["#b45309", "#7c3aed", "#0369a1", "#4d7c0f", "#9f1239", "#334155", "#a21caf", "#0f766e", "#be185d", "#1d4ed8"];

/** The same person has the same colour on every screen. */
export function tintOf(id: string): string {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return tints[hash % tints.length]!;
}

export const agentName = (agent: Optional<{ id?: Optional<string>; name?: Optional<string> }>, me: string): string =>
  agent?.id === me ? "You" : agent?.name || "A colleague";

/** "You: ", "AI: ", "Maya: ", or nothing for the visitor. */
export function speaker(by: Optional<Author>, me: string): string {
  if (by?.type === "bot") return "AI: ";
  if (by?.type === "agent") return `${agentName(by, me)}: `;
  return "";
}

const regions = new Intl.DisplayNames("en", { type: "region" });

/** "Maharashtra, India"; a two-letter country is written out. */
export function placeOf(location: Optional<VisitorLocation>): string | null {
  if (!location?.country) return null;
  const country = /^[A-Z]{2}$/.test(location.country) ? (regions.of(location.country) ?? location.country) : location.country;
  return location.region ? `${location.region}, ${country}` : country;
}

/** The path of a page, for the eye; the whole address is the link. */
export function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}
