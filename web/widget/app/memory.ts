/** What this browser remembers for one site key: the visitor's secret, the draft. Works without storage, just forgetfully. */
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

  #key(name: string): string {
    return `livesupport:${this.siteKey}:${name}`;
  }
}
