import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { precompress } from "./precompress.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages: the dashboard, the widget's iframe, the demo shop. The loader has vite.loader.config.ts. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: here("../api/wwwroot"),
    emptyOutDir: true,
    target: "es2022",
    // light-dark() as it is written: its older equivalent does not follow a theme that is chosen in the page.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // A file inlined as data: would need a wider content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ["dashboard", "widget", "demo", "docs"].flatMap((folder) =>
        readdirSync(here(folder))
          .filter((file) => file.endsWith(".html"))
          .map((file) => here(`${folder}/${file}`)),
      ),
    },
  },
  plugins: [precompress()],
  test: { include: ["**/*.test.ts"], environment: "node" },
});
