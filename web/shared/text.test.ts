import { describe, expect, it } from "vitest";
import { linkify, safeUrl } from "./text.ts";

const base = "https://shop.example/help";

describe("safeUrl", () => {
  it.each([
    ["https://a.example/x?y=1#z", "https://a.example/x?y=1#z"],
    ["mailto:a@b.example", "mailto:a@b.example"],
    ["/demo/help.html#returns", "https://shop.example/demo/help.html#returns"],
  ])("lets %s through", (url, href) => expect(safeUrl(url, base)).toBe(href));

  it.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/hosts",
    "blob:https://a.example/1",
    "http://",
    "",
    null,
    undefined,
  ])("refuses %j", (url) => expect(safeUrl(url, base)).toBeUndefined());
});

describe("linkify", () => {
  const links = (text: string) => linkify(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.href]));

  it("finds web and mail addresses, and leaves the sentence's own marks out", () => {
    expect(links("See https://a.example/x. Or (http://b.example/y), or mail me@c.example!")).toEqual([
      "https://a.example/x",
      "http://b.example/y",
      "mailto:me@c.example",
    ]);
  });
  it("keeps a bracket that belongs to the address", () =>
    expect(links("https://en.example/Linen_(cloth)")).toEqual(["https://en.example/Linen_(cloth)"]));
  it.each(["<img src=x onerror=alert(1)>", "javascript:alert(1)", "[x](javascript:alert(1))", "{{7*7}}"])("shows %s as it is", (text) =>
    expect(linkify(text)).toEqual([text]),
  );
  it("never changes the text", () => {
    for (const text of ["", "a", "https://x.example", "a https://x.example, b@c.example.", "http://[", "👋 https://x.example/👋 ok"])
      expect(linkify(text).map((piece) => (typeof piece === "string" ? piece : piece.text)).join("")).toBe(text);
  });
  it("takes hostile text in its stride", () => {
    const started = performance.now();
    linkify("a.".repeat(50_000) + "@");
    linkify("https://" + "(".repeat(20_000) + ")".repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
