import type { Labels } from "./labels.ts";

const style = `
:host { all: initial; }
button {
  all: unset; box-sizing: border-box; position: fixed; right: 20px; bottom: 20px; z-index: 2147483646; width: 56px; height: 56px;
  border-radius: 50%; cursor: pointer; display: grid; place-items: center; color: var(--ink); background: var(--color);
  box-shadow: 0 2px 6px #0f172a26, 0 10px 28px -8px #0f172a59; transition: transform 150ms, filter 150ms;
}
button:hover { filter: brightness(1.06); }
button:active { transform: scale(.96); }
button:focus-visible { outline: 3px solid var(--color); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.down, .open .up { display: none; }
.open .down { display: block; }
span {
  position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; box-sizing: border-box; border-radius: 11px;
  border: 2px solid #fff; background: #c62828; color: #fff; font: 600 12px/18px system-ui, sans-serif; text-align: center;
}
iframe {
  position: fixed; right: 20px; bottom: 92px; z-index: 2147483647; width: 384px; height: min(660px, calc(100dvh - 112px)); border: 0;
  border-radius: 18px; background: light-dark(#fff, #15181d); box-shadow: 0 12px 48px -8px #0f172a55, 0 0 0 1px #0000000d;
}
[hidden] { display: none !important; }
@media (max-width: 480px), (max-height: 480px) {
  iframe { inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100dvh); border-radius: 0; box-shadow: none; }
  button.open { display: none; }
}
@media (forced-colors: active) { button { border: 2px solid; } iframe { outline: 1px solid CanvasText; } }
@media (prefers-reduced-motion: reduce) { button { transition: none; } }
@media print { :host { display: none; } }
`;

/**
 * The round button and the frame's place. In a shadow root, so that neither page nor chat can style the other; styled
 * without a style attribute or element, so that it works under a strict content security policy.
 */
export class Launcher {
  readonly #host = document.createElement("div");
  readonly #root = this.#host.attachShadow({ mode: "open" });
  readonly #button = document.createElement("button");
  readonly #badge = document.createElement("span");
  #frame: HTMLIFrameElement | undefined;

  constructor(
    clicked: () => void,
    private readonly labels: () => Labels,
  ) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.#root.adoptedStyleSheets = [sheet];
    this.#host.id = "livesupport";
    this.#button.type = "button";
    this.#badge.hidden = true;
    this.#button.append(
      icon("up", "M20 11.500a7.500 7.500 0 0 1-11 6.600L4 19.500l1.400-5A7.500 7.500 0 1 1 20 11.500Z"),
      icon("down", "m6 9 6 6 6-6"),
      this.#badge,
    );
    this.#button.addEventListener("click", clicked);
    this.#root.append(this.#button);
    this.open(false);
    visualViewport?.addEventListener("resize", this.#fit);
    visualViewport?.addEventListener("scroll", this.#fit);
    // Beside the body, not in it: a site that swaps its body for the next page (Turbo) keeps the chat as it is.
    document.documentElement.append(this.#host);
  }

  frame(url: string): HTMLIFrameElement {
    const frame = (this.#frame = document.createElement("iframe"));
    frame.title = this.labels()[0];
    frame.src = url;
    frame.allow = "clipboard-write; autoplay";
    frame.hidden = !this.#button.classList.contains("open");
    this.#root.append(frame);
    return frame;
  }

  dropFrame(): void {
    this.#frame?.remove();
    this.#frame = undefined;
  }

  open(open: boolean): void {
    this.#button.classList.toggle("open", open);
    this.#button.setAttribute("aria-expanded", String(open));
    if (this.#frame) this.#frame.hidden = !open;
    this.#label();
  }

  show(show: boolean): void {
    this.#button.hidden = !show;
  }

  badge(unread: number): void {
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? "99+" : String(unread);
    this.#label();
  }

  colour(color: string, ink: string): void {
    this.#host.style.setProperty("--color", color);
    this.#host.style.setProperty("--ink", ink);
  }

  focus(): void {
    this.#button.focus();
  }

  /** Full screen is what a phone's keyboard leaves of it. Somebody who zooms in wants it larger, not smaller. */
  readonly #fit = (): void => {
    if (visualViewport!.scale !== 1) return;
    this.#host.style.setProperty("--height", `${visualViewport!.height}px`);
    this.#host.style.setProperty("--top", `${visualViewport!.offsetTop}px`);
  };

  remove(): void {
    visualViewport?.removeEventListener("resize", this.#fit);
    visualViewport?.removeEventListener("scroll", this.#fit);
    this.#host.remove();
  }

  relabel(): void {
    if (this.#frame) this.#frame.title = this.labels()[0];
    this.#label();
  }

  #label(): void {
    const open = this.#button.classList.contains("open");
    const [, toOpen, toClose, unread] = this.labels();
    this.#button.setAttribute("aria-label", open ? toClose : this.#badge.hidden ? toOpen : `${toOpen}, ${this.#badge.textContent} ${unread}`);
  }
}

function icon(name: string, path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
