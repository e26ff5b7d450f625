import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
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
  const [refused, setRefused] = useState<string | null>(null);
  const title = `${isNew ? "New" : mayChange ? "Edit" : "Read"} ${what}`;
  const run = async (call: () => Promise<void>, done: string) => {
    setRefused(null);
    try {
      await call();
      changed();
      close();
      notify(done);
    } catch (error) {
      setRefused((error as Error).message);
    }
  };
  return (
    <Dialog label={title} class="editor" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(save, saved);
        }}
      >
        <h2>{title}</h2>
        <fieldset disabled={!mayChange}>{children}</fieldset>
        <p class="form-error" role="alert">
          {refused}
        </p>
        <div class="panel-foot">
          {mayChange && !isNew && (
            <button type="button" class="button is-danger is-first" onClick={() => void run(remove, removed)}>
              <Icon name="trash" size={15} />
              Remove
            </button>
          )}
          <button type="button" class="button" onClick={close}>
            {mayChange ? "Cancel" : "Close"}
          </button>
          {mayChange && (
            <button type="submit" class="button is-primary">
              Save
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
