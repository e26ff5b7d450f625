import { expect, it } from "vitest";
import { bounded } from "./page-now.ts";

const page = { url: "https://shop.example/a?b=1#c", title: "A", referrer: "https://search.example/" };

it("leaves a page alone that the server takes", () => expect(bounded(page)).toEqual(page));

it("takes the query from a long address, and then its end", () => {
  expect(bounded({ ...page, url: `https://shop.example/a?b=${"x".repeat(2_000)}` }).url).toBe("https://shop.example/a");
  expect(bounded({ ...page, url: `https://shop.example/a#${"x".repeat(2_000)}` }).url).toBe("https://shop.example/a");
  expect(bounded({ ...page, url: `https://shop.example/${"x".repeat(2_000)}?b=1` }).url).toBe(`https://shop.example/${"x".repeat(1_979)}`);
});

it("cuts a title between characters, and leaves out a long referrer", () => {
  expect(bounded({ ...page, title: `${"a".repeat(199)}😀b` }).title).toBe("a".repeat(199));
  expect(bounded({ ...page, title: "a\ud800b😀" }).title).toBe("ab😀");
  expect(bounded({ ...page, referrer: `https://a.example/${"x".repeat(2_000)}` })).not.toHaveProperty("referrer");
});

it("makes text of whatever a site calls its page", () => {
  expect(bounded({ url: 5, title: null } as never)).toEqual({ url: "5", title: "" });
});
