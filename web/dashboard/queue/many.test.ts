import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HubError } from "@livesupport/shared/hub.ts";
import { many } from "./many.ts";

const ids = Array.from({ length: 20 }, (_, i) => `c${i}`);
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("does each once, at most four at a time, and says how far it is", async () => {
  const done: string[] = [];
  const ticks: number[] = [];
  let under = 0;
  let most = 0;
  const act = async (id: string) => {
    most = Math.max(most, ++under);
    await Promise.resolve();
    under--;
    done.push(id);
  };
  const outcome = await many(ids, act, (n) => ticks.push(n), never);
  expect([...done].sort()).toEqual([...ids].sort());
  expect(outcome.done).toHaveLength(20);
  expect(most).toBe(4);
  expect(ticks).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test("goes on after a refusal, and gives the first one's reason", async () => {
  const act = (id: string) => (id === "c3" || id === "c7" ? Promise.reject(new HubError("conflict", `Not ${id}.`)) : Promise.resolve());
  expect(await many(ids, act, () => {}, never)).toMatchObject({ refused: 2, why: "Not c3." });
});

test("waits when there are too many a second, and then does them all", async () => {
  let budget = 10;
  const act = async () => {
    if (budget-- <= 0) throw new HubError("rate-limited", "Wait.");
  };
  const going = many(ids, act, () => {}, never);
  await vi.advanceTimersByTimeAsync(500);
  budget = 100;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await going).toMatchObject({ refused: 0, done: { length: 20 } });
});

test("ends when the connection is lost, or when somebody stops it", async () => {
  const lost = vi.fn(() => Promise.reject(new HubError("offline", "Gone.")));
  expect(await many(ids, lost, () => {}, never)).toMatchObject({ done: [], why: "Gone." });
  expect(lost.mock.calls.length).toBeLessThanOrEqual(4);

  const stop = new AbortController();
  const act = vi.fn(async () => stop.abort());
  await many(ids, act, () => {}, stop.signal);
  expect(act.mock.calls.length).toBeLessThanOrEqual(4);
});
