import { limits } from "@livesupport/shared/protocol.ts";
import type { PageNow } from "./messages.ts";

/** The page as the server takes it. Sites name their pages themselves, so that what comes may be anything. */
export function bounded(page: PageNow): PageNow {
  const referrer = page.referrer ? String(page.referrer) : "";
  return {
    url: address(String(page.url ?? "")),
    title: cut(String(page.title ?? ""), limits.name),
    // Half a referrer misleads.
    ...(referrer && referrer.length <= limits.url && { referrer }),
  };
}

/** A long address loses its query, which rarely says more of the page, before its end. */
function address(url: string): string {
  return url.length > limits.url ? cut(url.split(/[?#]/, 1)[0]!, limits.url) : url;
}

/** The beginning, at most that long; no character is cut in two, and halves, which JSON may not hold, are left out. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/\p{Surrogate}/gu, "");
}
