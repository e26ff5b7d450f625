import type { ComponentChildren } from "preact";
import { Refused, useCall } from "../shell/call.tsx";
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
  const { busy, refused, run } = useCall();
  return (
    <Dialog label={label} class={narrow ? "editor is-narrow" : "editor"} close={close}>
      <form onSubmit={run(send)}>
        <h2>{title}</h2>
        {lead && <p class="lead">{lead}</p>}
        {children}
        <Refused why={refused} />
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
