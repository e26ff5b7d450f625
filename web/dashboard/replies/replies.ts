import { signal } from "@preact/signals";
import type { Api, SavedReply } from "../api.ts";

/** The team's saved replies, asked for anew each time that somebody is about to choose one. */
export class SavedReplies {
  /** Null until they have come once. */
  readonly all = signal<SavedReply[] | null>(null);
  readonly failed = signal<string | null>(null);

  constructor(private readonly api: Api) {}

  load(): void {
    this.failed.value = null;
    this.api.savedReplies().then(
      (replies) => (this.all.value = replies),
      (error: Error) => (this.failed.value = error.message),
    );
  }
}

/** A slash and what stands behind it, right before the caret. */
export interface Slash {
  /** Where the slash is. */
  from: number;
  word: string;
  /** Nothing stands before it: whoever writes it wants a saved reply. */
  first: boolean;
}

export function slashBefore(text: string, caret: number): Slash | null {
  const found = /(^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const from = found.index + found[1]!.length;
  return { from, word: found[2]!.toLowerCase(), first: text.slice(0, from).trim() === "" };
}

/** Nothing but a slash and a word: not yet anything for the visitor. */
export const onlySlash = (text: string): boolean => slashBefore(text, text.length)?.first ?? false;

/**
 * The replies that fit, best first: by how the shortcut begins, then by a word of the text. Within a sentence a slash
 * may be just a slash; there only a shortcut that has been begun counts.
 */
export function fitting(replies: SavedReply[], { word, first }: Slash): SavedReply[] {
  const begin = replies.filter((reply) => reply.shortcut.startsWith(word));
  if (!first) return word === "" ? [] : begin;
  return [...begin, ...replies.filter((reply) => !begin.includes(reply) && `${reply.shortcut} ${reply.text}`.toLowerCase().includes(word))];
}

interface Names {
  visitor?: string | null | undefined;
  agent: string;
}

const firstName = (name: string): string => name.trim().split(/\s+/)[0]!;

/** With the names in their places. A visitor without a name leaves no hole: "Hi {{visitor}}, welcome" is "Hi, welcome". */
export function filled(text: string, { visitor, agent }: Names): string {
  const greeted = text.replace(/\{\{\s*agent\s*\}\}/g, () => firstName(agent));
  return visitor?.trim()
    ? greeted.replace(/\{\{\s*visitor\s*\}\}/g, () => firstName(visitor))
    : greeted.replace(/^\{\{\s*visitor\s*\}\}[, ]*|[, ]*\{\{\s*visitor\s*\}\}/gm, "");
}
