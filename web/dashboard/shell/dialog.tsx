import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  label: string;
  class?: string;
  close(): void;
  children: ComponentChildren;
}

/** A native modal dialog: focus is kept inside, Escape and a click beside it close it, focus goes back. */
export function Dialog({ label, class: style = "", close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const back = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    return () => back?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${style}`}
      aria-label={label}
      onClose={close}
      onPointerDown={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      {children}
    </dialog>
  );
}
