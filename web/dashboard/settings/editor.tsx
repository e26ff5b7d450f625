import type { ComponentChildren } from "preact";
import { Refused, useCall } from "../shell/call.tsx";
import { Dialog } from "../shell/dialog.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";

interface Props {
  /** What is edited, in one word. */
  what: string;
  isNew: boolean;
  mayChange: boolean;
  save(): Promise<void>;
  /** What is said when it is saved, and when it is removed. */
  saved: string;
  remove(): Promise<void>;
  removed: string;
  close(): void;
  changed(): void;
  /** The fields. */
  children: ComponentChildren;
}

/** One thing of a list of the settings, on top of it: to be read, changed or removed. */
export function Editor({ what, isNew, mayChange, save, saved, remove, removed, close, changed, children }: Props) {
  const { busy, refused, run } = useCall();
  const title = `${isNew ? "New" : mayChange ? "Edit" : "Read"} ${what}`;
  const then = (call: () => Promise<void>, done: string) =>
    run(async () => {
      await call();
      changed();
      close();
      notify(done);
    });
  return (
    <Dialog label={title} class="editor" close={close}>
      <form onSubmit={then(save, saved)}>
        <h2>{title}</h2>
        <fieldset disabled={!mayChange}>{children}</fieldset>
        <Refused why={refused} />
        <div class="panel-foot">
          {mayChange && !isNew && (
            <button type="button" class="button is-danger is-first" disabled={busy} onClick={then(remove, removed)}>
              <Icon name="trash" size={15} />
              Remove
            </button>
          )}
          <button type="button" class="button" onClick={close}>
            {mayChange ? "Cancel" : "Close"}
          </button>
          {mayChange && (
            <button type="submit" class="button is-primary" disabled={busy}>
              Save
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
