import { effect, signal } from "@preact/signals";
import { read, write } from "../shell/storage.ts";

export type Theme = "system" | "light" | "dark";

export const themes: [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export const theme = signal<Theme>(read<Theme>("livesupport.theme") ?? "system");

/** theme.css asks `color-scheme` which of the two colours counts. */
export function keepTheme(): void {
  effect(() => {
    document.documentElement.style.colorScheme = theme.value === "system" ? "light dark" : theme.value;
    write("livesupport.theme", theme.value === "system" ? null : theme.value);
  });
}
