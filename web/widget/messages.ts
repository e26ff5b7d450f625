/** What the loader on the customer's page and the frame of the chat say to each other, by postMessage. */

export interface PageNow {
  url: string;
  title: string;
  referrer?: string;
}

/** What a site may set: by `data-…` on the script tag, by `boot`, or later by `update`. */
export interface Look {
  locale?: string;
  theme?: "light" | "dark" | "auto";
}

/** `language`: what the site asks for, or else the page's own; empty when neither says. */
export type ToFrame =
  | { type: "boot"; look: Look; language: string; userToken?: string; page: PageNow; open: boolean }
  | { type: "visible"; open: boolean }
  | { type: "look"; look: Look; language: string }
  | { type: "page"; page: PageNow }
  | { type: "identify"; name?: string; email?: string; userToken?: string }
  | { type: "write"; text: string }
  | { type: "logout" };

export type ToPage =
  | { type: "loaded" }
  /** The session is there. `color` for the launcher, `ink` readable on it. */
  | { type: "ready"; color: string; ink: string; known: boolean }
  | { type: "close" }
  | { type: "unread"; count: number }
  | { type: "message"; from: string; text: string }
  | { type: "status"; mode: string; status: string; agent?: string }
  | { type: "error"; code: string; sentence: string };

/** Marks our messages among all that a page hears. */
export interface Envelope<T> {
  liveSupport: T;
}
