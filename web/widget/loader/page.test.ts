import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchPage } from "./page.ts";

let at: { href: string };
let page: { title: string };
let events: EventTarget;
let pushed: string[];

beforeEach(() => {
  vi.useFakeTimers();
  at = { href: "https://shop.example/" };
  page = { title: "Shop" };
  events = new EventTarget();
  pushed = [];
  const go = (_: unknown, __: string, url: string) => {
    pushed.push(url);
    at.href = url;
  };
  vi.stubGlobal("location", at);
  vi.stubGlobal("document", page);
  vi.stubGlobal("history", { pushState: go, replaceState: go });
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("tells of a router's page once, when its title has settled", async () => {
  const seen: string[] = [];
  watchPage(() => seen.push(`${location.href} ${document.title}`));
  history.pushState(null, "", "https://shop.example/shirt");
  await vi.advanceTimersByTimeAsync(100);
  page.title = "Shirt";
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toEqual(["https://shop.example/shirt Shirt"]);
  expect(pushed).toEqual(["https://shop.example/shirt"]);
});

it.each(["popstate", "hashchange", "turbo:load"])("hears %s", async (name) => {
  const moved = vi.fn();
  watchPage(moved);
  at.href = "https://shop.example/back";
  events.dispatchEvent(new Event(name));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(moved).toHaveBeenCalledOnce();
});

it("is silent when nothing moved, and after it was stopped", async () => {
  const moved = vi.fn();
  const original = history.pushState;
  const stop = watchPage(moved);
  history.replaceState(null, "", at.href);
  await vi.advanceTimersByTimeAsync(1_000);
  stop();
  expect(history.pushState).toBe(original);
  at.href = "https://shop.example/else";
  events.dispatchEvent(new Event("popstate"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(moved).not.toHaveBeenCalled();
});
