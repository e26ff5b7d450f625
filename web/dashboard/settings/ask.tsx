import { Dialog } from "../shell/dialog.tsx";

export interface Question {
  title: string;
  lead: string;
  /** What the dialog is called where its title names a thing. */
  label?: string;
  /** What leaving it as it is is called. */
  keep?: string;
  action: string;
  go(): void;
}

/** Asks before something that others feel at once. */
export function Ask({ title, lead, label = title, keep = "Keep it", action, go, close }: Question & { close(): void }) {
  return (
    <Dialog label={label} class="editor is-narrow" close={close}>
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <div class="panel-foot">
        <button type="button" class="button" onClick={close}>
          {keep}
        </button>
        <button type="button" class="button is-danger" onClick={go}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
