import { describe, expect, it } from "vitest";
import en from "./languages/en.ts";
import { subtitle } from "./words.ts";

describe("who answers", () => {
  const nobody = { owned: false, bot: false, solved: false, away: false };

  it("is not said to come while nobody of the team is there", () => {
    expect(subtitle(nobody)).toBe("A person will answer you here");
    expect(subtitle({ ...nobody, away: true })).toBe("The team is away right now");
    expect(subtitle({ ...nobody, owned: true })).toBe("is talking with you");
    expect(subtitle({ ...nobody, owned: true, away: true })).toBe("The team is away right now");
  });

  it("is the assistant whether the team is there or not", () =>
    expect(subtitle({ ...nobody, bot: true, away: true })).toBe("Our assistant answers at once"));

  it("can reach only whoever left an address elsewhere too", () => {
    expect(en.leave(null)).toBe("Leave your message: the team answers here.");
    expect(en.leave("dev@example.com")).toContain("write to dev@example.com");
  });
});
