import type { Attachment } from "@livesupport/shared/protocol.ts";

/** As long as the server keeps a file that no message has taken. */
const FilesKept = 24 * 60 * 60_000;

interface KeptFiles {
  /** When the last of them came, in ms since 1970. */
  at: number;
  files: Attachment[];
}

/** What this browser remembers for one site key: the visitor's secret, the draft and its files. Works without storage, just forgetfully. */
export class Memory {
  readonly #kept = new Map<string, string>();

  /** What is kept here is there after a reload. */
  get isDurable(): boolean {
    try {
      localStorage.setItem(this.#key("probe"), "1");
      localStorage.removeItem(this.#key("probe"));
      return true;
    } catch {
      return false;
    }
  }

  constructor(private readonly siteKey: string) {}

  get(name: string): string | undefined {
    try {
      return localStorage.getItem(this.#key(name)) ?? undefined;
    } catch {
      return this.#kept.get(name);
    }
  }

  set(name: string, value: string | undefined): void {
    if (value) this.#kept.set(name, value);
    else this.#kept.delete(name);
    try {
      if (value) localStorage.setItem(this.#key(name), value);
      else localStorage.removeItem(this.#key(name));
    } catch {
      // Full or forbidden: this page still has it.
    }
  }

  /** The uploaded files of the draft, while the server still has them. */
  files(): Attachment[] {
    const kept = this.get("draft-files");
    if (!kept) return [];
    try {
      const { at, files } = JSON.parse(kept) as KeptFiles;
      return Date.now() - at < FilesKept && Array.isArray(files) ? files : [];
    } catch {
      return [];
    }
  }

  keepFiles(files: readonly Attachment[]): void {
    // What only came back from an earlier page is not younger for that.
    if (JSON.stringify(files) === JSON.stringify(this.files())) return;
    this.set("draft-files", files.length > 0 ? JSON.stringify({ at: Date.now(), files }) : undefined);
  }

  #key(name: string): string {
    return `livesupport:${this.siteKey}:${name}`;
  }
}
