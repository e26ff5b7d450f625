import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../shell/dialog.tsx";

interface Props {
  title: string;
  lead?: string;
  /** What the dialog is called where its title says less. */
  label?: string;
  narrow?: boolean;
  /** What the button says that sends it. */
  submit: string;
  /** Throws what was refused; otherwise the dialog has been closed. */
  send(): Promise<void>;
  close(): void;
  /** The fields. */
  children: ComponentChildren;
}

/** A form on top of the settings: sent once, and open until it is taken. */
export function FormDialog({ title, lead, label = title, narrow = false, submit, send, close, children }: Props) {
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await send();
    } catch (error) {
      setRefused((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog label={label} class={narrow ? "editor is-narrow" : "editor"} close={close}>
      <form onSubmit={(event) => void run(event)}>
        <h2>{title}</h2>
        {lead && <p class="lead">{lead}</p>}
        {children}
        <p class="form-error" role="alert">
          {refused}
        </p>
        <div class="panel-foot">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button is-primary" disabled={busy}>
            {submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
