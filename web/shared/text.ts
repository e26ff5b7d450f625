/** A piece of a message: plain text, or a link that is safe to follow. */
export type Piece = string | { href: string; text: string };

const Schemes = new Set(["http:", "https:", "mailto:"]);
/** Linear: each alternative begins with what no other begins with, and no part repeats inside another. */
const Link = /\bhttps?:\/\/[^\s<>"'`]+|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;

/** The address if a browser may follow it (http, https, mailto), else undefined. The only way for data to become a link. */
export function safeUrl(url: string | null | undefined, base: string | undefined = globalThis.location?.href): string | undefined {
  if (!url) return undefined;
  try {
    const parsed = new URL(url, base);
    return Schemes.has(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** Splits a message at its web and mail addresses. Joined again, the pieces give the text as it was sent. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(Link)) {
    const shown = withoutTail(match[0]);
    const href = safeUrl(/^https?:/i.test(shown) ? shown : `mailto:${shown}`);
    if (!href) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ href, text: shown });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** The full stop after an address, and the bracket around it, belong to the sentence. */
function withoutTail(link: string): string {
  let end = link.length;
  for (; end > 0; end--) {
    const last = link[end - 1]!;
    const closes = last === ")" && !link.slice(0, end - 1).includes("(");
    if (!closes && !".,;:!?*_]}…".includes(last)) break;
  }
  return link.slice(0, end);
}
