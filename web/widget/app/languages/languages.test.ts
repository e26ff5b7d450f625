import { expect, it, vi } from "vitest";
import { labels } from "../../loader/labels.ts";
import { choose, Others } from "../speech.ts";
import en from "./en.ts";
import de from "./de.ts";

it.each([
  [["de"], "de", "de"],
  [["de-AT", "en"], "de", "de-AT"],
  [["sv", "fr-CA"], "fr", "fr-CA"],
  [["pt_BR"], "pt", "pt-BR"],
  [["en", "de-DE", "en-GB"], "en", "en-GB"],
  [["", undefined, "xx"], "en", "en"],
  [["constructor"], "en", "en"],
])("chooses for %j %s, with dates as in %s", (wanted, language, tag) => expect(choose(wanted)).toEqual({ language, tag }));

/** Every sentence of a language with its place; what takes a name, a file or a number is given one. */
function sentences(part: object, path = ""): [string, string][] {
  return Object.entries(part).flatMap(([key, value]) => {
    const place = path ? `${path}.${key}` : key;
    if (typeof value === "function") return [[place, value("FIRST", "SECOND") as string]];
    return typeof value === "string" ? [[place, value]] : sentences(value as object, place);
  });
}

it.each(Object.entries(Others))("says everything in %s", async (_, load) => {
  const said = new Map(sentences((await load()).default));
  const { errors, ...rest } = en;
  for (const [place, english] of sentences(rest)) {
    const here = said.get(place);
    expect(here?.trim(), place).toBeTruthy();
    for (const given of ["FIRST", "SECOND"]) expect(here!.includes(given), `${place} names ${given}`).toBe(english.includes(given));
  }
  expect([...said.keys()].sort()).toEqual(sentences(de).map(([place]) => place).sort());
});

it("has the button's labels in the same languages", () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  for (const language of Object.keys(Others)) expect(labels(`${language}-XX`)).not.toEqual(labels("en"));
  vi.stubGlobal("navigator", { languages: ["sv", "de-DE"] });
  expect(labels("")).toEqual(labels("de"));
  vi.unstubAllGlobals();
});
