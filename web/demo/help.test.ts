import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const articles = new URL("../../silo/LiveSupport.Silo/Bot/Articles/", import.meta.url);
const help = readFileSync(new URL("./help.html", import.meta.url), "utf8");

// The bot's sources point to /demo/help.html#<article>.
it.each(readdirSync(articles))("%s stands on the help page, under its id and title", (file) => {
  const [id, title] = [file.replace(/\.md$/, ""), readFileSync(new URL(file, articles), "utf8").split("\n")[0]!.slice(2).trim()];
  const section = help.split(`<section id="${id}">`)[1];
  expect(section?.split("</h2>")[0]?.split("<h2>")[1]).toBe(title.replaceAll("&", "&amp;"));
});
