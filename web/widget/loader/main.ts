import { Launcher } from "./launcher.ts";
import { labels } from "./labels.ts";
import { watchPage } from "./page.ts";
import { bounded } from "../page-now.ts";
import type { Envelope, Look, ToFrame, ToPage } from "../messages.ts";

/** `LiveSupport("boot", {siteKey, …})`; everything but the site key may come later by `update`. */
interface Settings extends Look {
  siteKey?: string;
  userToken?: string;
  /** `#rrggbb`, until the server's setting is known. */
  color?: string;
}

type Listener = (detail: unknown) => void;
type Global = ((verb: string, ...args: unknown[]) => unknown) & { q?: ArrayLike<unknown>[] };
type EventName = "ready" | "open" | "close" | "message" | "unread" | "status" | "error";

const script = document.currentScript as HTMLScriptElement | null;
const server = new URL(script?.src ?? location.href).origin;
/** A frame that is silent for so long was blocked or cannot be reached. */
const LoadsWithin = 15_000;
const FrameForgets = 500;

const listeners = new Map<string, Set<Listener>>();

/** One chat on one page, from `boot` to `shutdown`. */
let chat: Chat | undefined;
let look: Look = {};
let context: { url?: string; title?: string } = {};

class Chat {
  readonly launcher: Launcher;
  readonly #stopWatching: () => void;
  readonly #memory: Memory;
  #frame: HTMLIFrameElement | undefined;
  #loaded = false;
  #ready = false;
  #leaving = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** What the frame must hear once it listens. */
  #waiting: ToFrame[] = [];
  #open = false;
  unread = 0;

  constructor(private readonly settings: Settings & { siteKey: string }) {
    this.#memory = new Memory(settings.siteKey);
    this.launcher = new Launcher(() => this.toggle(), () => labels(languageNow()));
    this.launcher.colour(this.#memory.color ?? settings.color ?? "#2563eb", this.#memory.ink ?? "#fff");
    addEventListener("message", this.#hear);
    this.#stopWatching = watchPage(() => this.reportPage());
    if (this.#memory.open) this.open();
    // Somebody who has talked to us before may have an answer waiting; everybody else costs nothing until they click.
    else if (this.#memory.known) setTimeout(() => this.#load(), 1_000);
  }

  open(): void {
    if (this.#open) return;
    this.#open = this.#memory.open = true;
    this.#load();
    this.launcher.open(true);
    this.#tell({ type: "visible", open: true });
    this.#frame!.focus();
    emit("open");
  }

  close(): void {
    if (!this.#open) return;
    this.#open = this.#memory.open = false;
    this.launcher.open(false);
    this.#tell({ type: "visible", open: false });
    emit("close");
  }

  toggle(): void {
    if (this.#open) this.close();
    else this.open();
  }

  identify(who: { name?: string; email?: string; userToken?: string }): void {
    const { userToken, ...typed } = who;
    if (userToken) this.settings.userToken = userToken;
    // Before the chat is loaded the token travels with the boot message; and no name is a reason to load it.
    if (userToken && this.#loaded) this.#tell({ type: "identify", ...who });
    else if (typed.name || typed.email) this.#tell({ type: "identify", ...typed });
  }

  write(text: string): void {
    this.open();
    this.#tell({ type: "write", text });
  }

  relook(): void {
    this.launcher.relabel();
    this.#tell({ type: "look", look, language: languageNow() });
  }

  reportPage(title?: string): void {
    const page = pageNow();
    this.#tell({ type: "page", page: title ? bounded({ ...page, title }) : page });
  }

  logout(): void {
    delete this.settings.userToken;
    this.#memory.forget();
    this.#load();
    this.#tell({ type: "logout" });
  }

  /** Forgets the visitor and goes. Nobody sees it any more, but the frame needs a moment to forget. */
  leave(): void {
    this.close();
    this.launcher.show(false);
    this.#leaving = true;
    this.logout();
    if (this.#loaded) this.#left();
  }

  destroy(): void {
    clearTimeout(this.#patience);
    this.#stopWatching();
    removeEventListener("message", this.#hear);
    this.launcher.remove();
  }

  #left(): void {
    setTimeout(() => this.destroy(), FrameForgets);
  }

  #load(): void {
    if (this.#frame) return;
    const url = `${server}/widget?siteKey=${encodeURIComponent(this.settings.siteKey)}`;
    this.#frame = this.launcher.frame(url);
    this.#patience = setTimeout(() => this.#giveUp(), LoadsWithin);
  }

  /** Nothing came: let the page have its corner back; the next click tries again. */
  #giveUp(): void {
    this.close();
    this.launcher.dropFrame();
    this.#frame = undefined;
    const sentence = `The chat could not be loaded. Either ${server} cannot be reached, or it does not allow ${location.origin} (settings, allowed origins).`;
    if (this.#leaving) return this.destroy();
    console.warn(`LiveSupport: ${sentence}`);
    emit("error", { code: "unavailable", sentence });
  }

  #tell(message: ToFrame): void {
    if (this.#loaded) this.#frame!.contentWindow?.postMessage({ liveSupport: message } satisfies Envelope<ToFrame>, server);
    else if (message.type === "identify" || message.type === "write" || message.type === "logout") this.#waiting.push(message);
  }

  readonly #hear = (event: MessageEvent<Partial<Envelope<ToPage>> | null>): void => {
    if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== server) return;
    const message = event.data?.liveSupport;
    switch (message?.type) {
      case "loaded":
        clearTimeout(this.#patience);
        this.#loaded = true;
        this.#tell({ type: "boot", look, language: languageNow(), userToken: this.settings.userToken, page: pageNow(), open: this.#open });
        for (const waiting of this.#waiting.splice(0)) this.#tell(waiting);
        if (this.#leaving) this.#left();
        break;
      case "ready":
        this.#memory.remember(message.color, message.ink, message.known);
        this.launcher.colour(message.color, message.ink);
        if (!this.#ready) emit("ready");
        this.#ready = true;
        break;
      case "close":
        this.close();
        this.launcher.focus();
        break;
      case "unread":
        if (message.count === this.unread) break;
        this.unread = message.count;
        this.launcher.badge(message.count);
        emit("unread", message.count);
        break;
      case "message":
        emit("message", { from: message.from, text: message.text });
        break;
      case "status":
        emit("status", { mode: message.mode, status: message.status, agent: message.agent });
        break;
      case "error":
        emit("error", { code: message.code, sentence: message.sentence });
        break;
    }
  };
}

/** What this page's own origin remembers: never a secret. Works without storage, just forgetfully. */
class Memory {
  constructor(private readonly siteKey: string) {}

  get open(): boolean {
    return this.#get(sessionStorageOrNone(), "open") === "1";
  }
  set open(open: boolean) {
    this.#set(sessionStorageOrNone(), "open", open ? "1" : "");
  }
  get known(): boolean {
    return this.#get(localStorageOrNone(), "known") === "1";
  }
  get color(): string | null {
    return this.#get(localStorageOrNone(), "color") || null;
  }
  get ink(): string | null {
    return this.#get(localStorageOrNone(), "ink") || null;
  }
  remember(color: string, ink: string, known: boolean): void {
    this.#set(localStorageOrNone(), "color", color);
    this.#set(localStorageOrNone(), "ink", ink);
    this.#set(localStorageOrNone(), "known", known ? "1" : "");
  }
  forget(): void {
    this.#set(localStorageOrNone(), "known", "");
  }

  #get(storage: Storage | undefined, name: string): string | null {
    return storage?.getItem(`livesupport:${this.siteKey}:${name}`) ?? null;
  }
  #set(storage: Storage | undefined, name: string, value: string): void {
    try {
      storage?.setItem(`livesupport:${this.siteKey}:${name}`, value);
    } catch {
      // Full or forbidden.
    }
  }
}

function localStorageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function sessionStorageOrNone(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** The page's own language before the browser's: the chat then speaks as the site around it does. */
const languageNow = () => look.locale || document.documentElement.lang;
const pageNow = () =>
  bounded({ url: context.url ?? location.href, title: context.title ?? document.title, referrer: document.referrer });

function emit(name: EventName, detail?: unknown): void {
  for (const listener of [...(listeners.get(name) ?? [])]) {
    try {
      listener(detail);
    } catch (error) {
      // The site's own mistake: reported as such, and no reason to stop.
      reportError(error);
    }
  }
  dispatchEvent(new CustomEvent(`livesupport:${name}`, { detail }));
}

const verbs: Record<string, (...args: never[]) => unknown> = {
  boot: (settings: Settings = {}) => {
    const siteKey = settings.siteKey ?? script?.dataset.siteKey;
    if (!siteKey) throw new Error("LiveSupport: boot needs a siteKey.");
    if (chat) return verbs.update!(settings as never);
    look = { locale: settings.locale, theme: settings.theme };
    chat = new Chat({ ...settings, siteKey });
  },
  update: ({ locale = look.locale, theme = look.theme, ...settings }: Settings = {}) => {
    look = { locale, theme };
    chat?.relook();
    if (settings.userToken) chat?.identify({ userToken: settings.userToken });
    chat?.reportPage();
  },
  shutdown: () => {
    chat?.leave();
    chat = undefined;
  },
  open: () => chat?.open(),
  close: () => chat?.close(),
  toggle: () => chat?.toggle(),
  show: () => chat?.launcher.show(true),
  hide: () => {
    chat?.close();
    chat?.launcher.show(false);
  },
  /** Opens the chat with this text in the composer: the visitor sends it. */
  message: (text = "") => chat?.write(String(text)),
  identify: (who: { name?: string; email?: string; userToken?: string }) => chat?.identify(who ?? {}),
  logout: () => chat?.logout(),
  /** What agents see as the visitor's page instead of the address bar's, e.g. in a one-page shop. */
  setContext: (given: { url?: string; title?: string }) => {
    context = given ?? {};
    chat?.reportPage();
  },
  /** Tells the agents where the visitor is now, under this name: `track("Checkout, step 2")`. */
  track: (title?: string) => chat?.reportPage(title),
  on: (name: string, listener: Listener) => {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name)!.add(listener);
  },
  off: (name: string, listener?: Listener) => {
    if (listener) listeners.get(name)?.delete(listener);
    else listeners.delete(name);
  },
  unreadCount: () => chat?.unread ?? 0,
  destroy: () => {
    chat?.destroy();
    chat = undefined;
    listeners.clear();
  },
};

function call(verb: string, ...args: unknown[]): unknown {
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!known) return console.warn(`LiveSupport: there is no "${verb}".`);
  return known(...(args as never[]));
}

function start(): void {
  const page = window as unknown as { LiveSupport?: Global };
  const before = page.LiveSupport?.q ?? [];
  page.LiveSupport = call;
  const { siteKey, locale, theme, color } = script?.dataset ?? {};
  // Calls from before we were here keep their order, after the boot that the script tag asks for.
  if (siteKey && !Array.from(before).some((queued) => queued[0] === "boot"))
    call("boot", { siteKey, locale, theme, color });
  for (const [verb, ...args] of Array.from(before, (queued) => Array.from(queued))) call(String(verb), ...args);
}

if (document.body) start();
else addEventListener("DOMContentLoaded", start);
