import { reason } from "@livesupport/shared/hub.ts";

/** As many at a time. */
const AtOnce = 4;
/** An agent's connection has so many calls a second; then it waits as the server asks. */
const RestAfterTooMany = 1_000;

export interface Outcome {
  done: string[];
  refused: number;
  /** The first refusal's sentence. */
  why?: string;
}

/**
 * Does the same to many, a few at a time. One that is refused does not stop the others; a lost connection does, and
 * so does `stop`: what was not done then is neither done nor refused.
 */
export async function many(ids: readonly string[], act: (id: string) => Promise<unknown>, tick: (done: number) => void, stop: AbortSignal): Promise<Outcome> {
  const outcome: Outcome = { done: [], refused: 0 };
  const left = [...ids];
  let lost = false;

  const attempt = async (id: string): Promise<void> => {
    try {
      await act(id);
      outcome.done.push(id);
    } catch (error) {
      const { code, sentence } = reason(error);
      if (code === "rate-limited" && !stop.aborted) {
        await new Promise((rested) => setTimeout(rested, RestAfterTooMany));
        return attempt(id);
      }
      lost ||= code === "offline";
      outcome.refused++;
      outcome.why ??= sentence;
    }
    tick(outcome.done.length + outcome.refused);
  };
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined && !lost && !stop.aborted; id = left.shift()) await attempt(id);
  };
  await Promise.all(Array.from({ length: AtOnce }, work));
  return outcome;
}
