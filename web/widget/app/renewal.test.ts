import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Memory } from "./memory.ts";
import { stubStorage } from "./memory.stub.ts";
import { renewUnseen } from "./renewal.ts";

beforeEach(() => {
  vi.useFakeTimers();
  stubStorage();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function page(open: boolean) {
  const chat = { outdated: signal(false), open: signal(open), uploading: signal(false) };
  const reload = vi.fn();
  renewUnseen(chat, new Memory("default"), reload);
  return { ...chat, reload };
}

describe("a chat whose server is newer", () => {
  it("is loaded anew while it is closed", () => {
    const { outdated, reload } = page(false);
    expect(reload).not.toHaveBeenCalled();
    outdated.value = true;
    expect(reload).toHaveBeenCalledOnce();
  });

  it("waits until somebody who has it open closes it", () => {
    const { outdated, open, reload } = page(true);
    outdated.value = true;
    expect(reload).not.toHaveBeenCalled();
    open.value = false;
    expect(reload).toHaveBeenCalledOnce();
  });

  it("waits for files that would be lost", () => {
    const { outdated, uploading, reload } = page(false);
    uploading.value = true;
    outdated.value = true;
    expect(reload).not.toHaveBeenCalled();
    uploading.value = false;
    expect(reload).toHaveBeenCalledOnce();
  });

  it("does not go round in circles when an old server gives it the old page again", () => {
    page(false).outdated.value = true;
    const again = page(false);
    again.outdated.value = true;
    expect(again.reload).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60 * 60_000);
    const later = page(false);
    later.outdated.value = true;
    expect(later.reload).toHaveBeenCalledOnce();
  });

  it("stays as it is where the browser stores nothing: it would forget who writes", () => {
    vi.stubGlobal("localStorage", undefined);
    const { outdated, reload } = page(false);
    outdated.value = true;
    expect(reload).not.toHaveBeenCalled();
  });
});
