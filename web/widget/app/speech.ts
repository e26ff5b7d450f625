import { words as fileWords } from "@livesupport/shared/attachments/words.ts";
import { sentences } from "@livesupport/shared/hub.ts";
import { timesIn } from "@livesupport/shared/time.ts";
import { batch, signal } from "@preact/signals";
import en from "./languages/en.ts";
import type { Language } from "./languages/language.ts";

/** What the widget says, in the visitor's language. */
export const words = signal(en);

/** Fetched when they are wanted. */
export const Others: Record<string, () => Promise<{ default: Language }>> = {
  ar: () => import("./languages/ar.ts"),
  de: () => import("./languages/de.ts"),
  es: () => import("./languages/es.ts"),
  fr: () => import("./languages/fr.ts"),
  he: () => import("./languages/he.ts"),
  it: () => import("./languages/it.ts"),
  ja: () => import("./languages/ja.ts"),
  nl: () => import("./languages/nl.ts"),
  pl: () => import("./languages/pl.ts"),
  pt: () => import("./languages/pt.ts"),
  tr: () => import("./languages/tr.ts"),
  zh: () => import("./languages/zh.ts"),
};
const RightToLeft = new Set(["ar", "he"]);

const languageOf = (tag: string | undefined): string => tag?.toLowerCase().split(/[-_]/)[0] ?? "";

/** The first language of these tags (BCP 47) that the widget speaks, or English; and the tag that says the most of it, for dates. */
export function choose(wanted: readonly (string | undefined)[]): { tag: string; language: string } {
  const language = wanted.map(languageOf).find((one) => one === "en" || Object.hasOwn(Others, one)) ?? "en";
  const tags = wanted.filter((tag) => languageOf(tag) === language).map((tag) => tag!.replaceAll("_", "-"));
  return { tag: tags.find((tag) => tag.includes("-")) ?? language, language };
}

let latest: object;

/** Speaks from now on the first of these that it can. Never fails: what cannot be fetched is said in English. */
export async function speak(wanted: readonly (string | undefined)[]): Promise<void> {
  const mine = (latest = {});
  const chosen = choose(wanted);
  const other = await Others[chosen.language]?.().catch(() => undefined);
  if (mine !== latest) return;
  const { tag, language } = other ? chosen : choose([]);
  batch(() => {
    words.value = other?.default ?? en;
    fileWords.value = words.value.files;
    sentences.value = words.value.errors;
    timesIn(tag);
  });
  document.documentElement.lang = language;
  document.documentElement.dir = RightToLeft.has(language) ? "rtl" : "ltr";
}
