import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { precompress } from "./precompress.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `/widget.js`: one plain script under a name that never changes, beside the pages. Runs after vite.config.ts. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  build: {
    outDir: here("../api/wwwroot"),
    emptyOutDir: false,
    target: "es2020",
    rolldownOptions: {
      input: here("widget/loader/main.ts"),
      output: { format: "iife", entryFileNames: "widget.js" },
    },
  },
  plugins: [precompress()],
});
