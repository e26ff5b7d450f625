import type { AgentRef, JoinResult } from "@livesupport/shared/protocol.ts";

/**
 * Joining by typing (the first printable key claims the conversation), as a machine without clock or wire: events
 * in, the next state and what to ask the server out.
 */
export type Joining =
  | { step: "out" }
  /** Asked; the text goes on being written, and who is quick has sent it before the answer is here. */
  | { step: "asking"; sent: boolean }
  | { step: "in"; since: number; /** The bot was speaking before: it gets the conversation back. */ fromBot: boolean; emptySince: number | null; sent: boolean }
  | { step: "lost"; by: AgentRef; at: number }
  /** Undone: typing does not join again by itself, the button and Send do. */
  | { step: "undone"; why: "undo" | "quiet" }
  | { step: "failed"; sentence: string };

export type JoinEvent =
  | { type: "typed" }
  | { type: "asked" }
  | { type: "answered"; result: JoinResult; at: number; fromBot: boolean }
  | { type: "refused"; sentence: string }
  | { type: "undo" }
  | { type: "text"; empty: boolean; at: number }
  | { type: "sent" }
  | { type: "tick"; at: number }
  /** The conversation's owner, whenever it changes. */
  | { type: "owner"; owner: AgentRef | null; me: string };

export type Command = "Join" | "UndoJoin" | null;

/** How long Undo is offered, in milliseconds. */
export const undoLasts = 10_000;
/** Joined, wrote nothing that stayed and sent nothing for this long: the bot gets it back. */
export const quietLasts = 60_000;

export const out: Joining = { step: "out" };
const asking: Joining = { step: "asking", sent: false };

export function join(state: Joining, event: JoinEvent): [Joining, Command] {
  switch (event.type) {
    case "typed":
      return state.step === "out" || state.step === "failed" ? [asking, "Join"] : [state, null];
    case "asked":
      return state.step === "asking" || state.step === "in" ? [state, null] : [asking, "Join"];
    case "answered":
      return [answered(state, event), null];
    case "refused":
      return state.step === "asking" ? [{ step: "failed", sentence: event.sentence }, null] : [state, null];
    case "undo":
      return mayUndo(state) ? [{ step: "undone", why: "undo" }, "UndoJoin"] : [state, null];
    case "text":
      if (state.step !== "in") return [state, null];
      return [{ ...state, emptySince: event.empty ? (state.emptySince ?? event.at) : null }, null];
    case "sent":
      return state.step === "in" || state.step === "asking" ? [{ ...state, sent: true }, null] : [state, null];
    case "tick":
      if (state.step === "in" && isQuiet(state, event.at)) return [{ step: "undone", why: "quiet" }, "UndoJoin"];
      return [state, null];
    case "owner":
      return [ownerChanged(state, event.owner, event.me), null];
  }
}

export const mayUndo = (state: Joining): boolean => state.step === "in" && !state.sent;

export const showsUndo = (state: Joining, at: number): boolean =>
  state.step === "in" && !state.sent && at - state.since < undoLasts;

function answered(state: Joining, { result, at, fromBot }: Extract<JoinEvent, { type: "answered" }>): Joining {
  if (state.step !== "asking") return state;
  if (result.outcome === "claimed-by-other") return { step: "lost", by: result.by ?? { id: "", name: "A colleague" }, at };
  // Already mine: nothing was taken from anybody, there is nothing to undo.
  return { step: "in", since: at, fromBot, emptySince: null, sent: state.sent || result.outcome === "already-mine" };
}

function isQuiet(state: Extract<Joining, { step: "in" }>, at: number): boolean {
  return state.fromBot && !state.sent && state.emptySince !== null && at - state.emptySince >= quietLasts;
}

function ownerChanged(state: Joining, owner: AgentRef | null, me: string): Joining {
  if (state.step === "in" && owner?.id !== me) return out;
  if (state.step === "lost" && owner?.id !== state.by.id) return out;
  if (state.step === "undone" && owner) return out;
  return state;
}
