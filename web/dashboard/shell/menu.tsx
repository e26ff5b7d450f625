import { type ComponentChildren, Fragment } from "preact";
import { useId, useRef, useState } from "preact/hooks";

export interface MenuItem {
  label: string;
  hint?: string;
  /** Drawn with a tick, and announced as chosen. */
  chosen?: boolean;
  icon?: ComponentChildren;
  /** Over the item: it begins a group. */
  heading?: string;
  pick(): void;
}

interface Props {
  label: string;
  /** The keys that press it, as `aria-keyshortcuts` has them: "Alt+M". */
  keys?: string;
  class?: string;
  items: MenuItem[];
  heading?: ComponentChildren;
  side?: "start" | "end";
  above?: boolean;
  children: ComponentChildren;
}

/** Pixels; so much room is enough for every menu. */
const Widest = 280;

/** A button with a menu under it: native popover for closing and stacking, arrow keys inside. */
export function Menu({ label, keys, class: style = "button", items, heading, side = "end", above, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  // Before it is shown, so that it never flashes in the wrong place.
  const position = (event: { newState: string }) => {
    setOpen(event.newState === "open");
    if (event.newState !== "open") return;
    const box = button.current!.getBoundingClientRect();
    const at = panel.current!.style;
    at.top = above ? "auto" : `${box.bottom + 6}px`;
    at.bottom = above ? `${innerHeight - box.top + 6}px` : "auto";
    at.maxHeight = `min(70dvh, ${(above ? box.top : innerHeight - box.bottom) - 14}px)`;
    // To the other side where a menu could not be read on this one.
    const [toEnd, toStart] = [innerWidth - box.left, box.right];
    const fromStart = side === "start" ? toEnd >= Widest || toEnd >= toStart : toStart < Widest && toEnd > toStart;
    at.left = fromStart ? `${Math.max(8, box.left)}px` : "auto";
    at.right = fromStart ? "auto" : `${Math.max(8, innerWidth - box.right)}px`;
  };

  const focusItem = (step: number | "first" | "last") => {
    const all = [...panel.current!.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const current = all.indexOf(document.activeElement as HTMLElement);
    const next = step === "first" ? 0 : step === "last" ? all.length - 1 : (current + step + all.length) % all.length;
    all[next]?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number | "first" | "last"> = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      focusItem(step);
    } else if (event.key === "Tab") panel.current!.hidePopover();
  };

  const pick = (item: MenuItem) => {
    panel.current!.hidePopover();
    button.current!.focus();
    item.pick();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={style}
        title={keys ? `${label} (${keys})` : label}
        aria-keyshortcuts={keys}
        aria-haspopup="menu"
        aria-expanded={open}
        popovertarget={id}
      >
        <span class="visually-hidden">{label}</span>
        <span class="menu-face" aria-hidden="true">
          {children}
        </span>
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        class="menu"
        role="menu"
        aria-label={label}
        onBeforeToggle={position}
        onToggle={(event) => event.newState === "open" && focusItem("first")}
        onKeyDown={onKey}
      >
        {heading && (
          <div class="menu-heading" role="presentation">
            {heading}
          </div>
        )}
        {items.map((item) => (
          <Fragment key={`${item.heading ?? ""} ${item.label}`}>
            {item.heading && (
              <div class="menu-heading" role="presentation">
                {item.heading}
              </div>
            )}
            <button
              type="button"
              class="menu-item"
              role={item.chosen === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.chosen}
              tabIndex={-1}
              onClick={() => pick(item)}
            >
              {item.icon}
              <span class="menu-label">{item.label}</span>
              {item.hint && <span class="menu-hint">{item.hint}</span>}
              {item.chosen && <span class="menu-tick" aria-hidden="true" />}
            </button>
          </Fragment>
        ))}
      </div>
    </>
  );
}
