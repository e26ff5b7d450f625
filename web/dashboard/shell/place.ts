import { signal } from "@preact/signals";

const settingsSections = ["account", "widget", "articles", "replies", "team", "integrations", "api", "webhooks"] as const;
export type SettingsSection = (typeof settingsSections)[number];

/** Where the agent is. Kept in the address after #, so that Back, reload and a link to a colleague work. */
export type Place =
  | { at: "queue" }
  | { at: "conversation"; id: string; seq?: number }
  | { at: "settings"; section: SettingsSection }
  | { at: "operations"; conversation?: string };

export function readPlace(hash: string): Place {
  const [, head, tail, more] = hash.replace(/^#/, "").split("/");
  if (head === "c" && tail) {
    const seq = Number(more);
    return { at: "conversation", id: decodeURIComponent(tail), ...(seq > 0 && { seq }) };
  }
  if (head === "operations") return { at: "operations", ...(tail === "conversation" && more && { conversation: decodeURIComponent(more) }) };
  if (head === "settings") return { at: "settings", section: settingsSections.find((section) => section === tail) ?? "widget" };
  return { at: "queue" };
}

export function writePlace(place: Place): string {
  if (place.at === "conversation") return `#/c/${encodeURIComponent(place.id)}${place.seq ? `/${place.seq}` : ""}`;
  if (place.at === "operations") return place.conversation ? `#/operations/conversation/${encodeURIComponent(place.conversation)}` : "#/operations";
  return place.at === "settings" ? `#/settings/${place.section}` : "#/";
}

export const place = signal<Place>(readPlace(globalThis.location?.hash ?? ""));

/** From one conversation to the next the address is replaced: Back leaves the chat, it does not replay the day. */
export function go(to: Place): void {
  const hash = writePlace(to);
  if (hash === location.hash) return;
  if (to.at === "conversation" && place.value.at === "conversation") history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  place.value = to;
}

globalThis.addEventListener?.("popstate", () => (place.value = readPlace(location.hash)));

export const openId = (): string | null => (place.value.at === "conversation" ? place.value.id : null);
