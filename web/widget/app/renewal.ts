import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Memory } from "./memory.ts";

/** While a cluster is upgraded, an old edge may serve the old page again. */
const NotAgainWithin = 60 * 60_000;

const hidden = signal(false);
const look = () => (hidden.value = globalThis.document?.visibilityState === "hidden");
globalThis.document?.addEventListener("visibilitychange", look);
look();

interface Chatting {
  /** The server is newer than this page. */
  outdated: ReadonlySignal<boolean>;
  open: ReadonlySignal<boolean>;
  /** Files that would have to be chosen again. */
  uploading: ReadonlySignal<boolean>;
}

/**
 * Loads the chat anew when its server has moved on, at a moment in which nobody looks: the panel is closed, or the tab
 * is in the background. Draft and unsent messages are stored, so they are there again; where a browser stores
 * nothing, the page stays as it is.
 */
export function renewUnseen(chat: Chatting, memory: Memory, reload: () => void = () => location.reload()): () => void {
  const due = computed(() => chat.outdated.value && !chat.uploading.value && (!chat.open.value || hidden.value));
  return effect(() => {
    if (!due.value || !memory.isDurable) return;
    const last = Number(memory.get("renewed-at") ?? 0);
    if (Date.now() - last < NotAgainWithin) return;
    memory.set("renewed-at", String(Date.now()));
    reload();
  });
}
