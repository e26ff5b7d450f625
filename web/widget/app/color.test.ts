import { describe, expect, it } from "vitest";
import { accentOf, contrast, parse } from "./color.ts";

const colors = ["#2563eb", "#000000", "#ffffff", "#ffeb3b", "#777777", "#0f766e", "#ff5a5f", "#7f7fff", "#1e88e5"];

describe.each(colors)("a site in %s", (color) => {
  const accent = accentOf(color);
  const ratio = (a: string, b: string) => contrast(parse(a)!, parse(b)!);

  it("can be read on its own colour", () => expect(ratio(accent.fill, accent.ink)).toBeGreaterThanOrEqual(4.5));
  it("can be read on light", () => expect(ratio(accent.onLight, "#f3f4f7")).toBeGreaterThanOrEqual(4.5));
  it("can be read on dark", () => expect(ratio(accent.onDark, "#21262e")).toBeGreaterThanOrEqual(4.5));
});

it("keeps a colour that is good already", () => expect(accentOf("#2563eb")).toMatchObject({ fill: "#2563eb", ink: "#ffffff", onLight: "#2563eb" }));
it.each(["red", "", "#12", "url(x)"])("does not believe %j", (color) => expect(accentOf(color)).toEqual(accentOf("#2563eb")));
