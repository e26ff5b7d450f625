import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { shortcuts } from "./keyboard.ts";

export const Shortcuts = ({ close }: { close(): void }) => (
  <Dialog label="Keyboard shortcuts" class="editor is-narrow" close={close}>
    <div class="panel-head">
      <h2>Keyboard shortcuts</h2>
      <button type="button" class="button is-icon is-bare" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
    <dl class="shortcuts">
      {shortcuts.map(({ keys, what }) => (
        <>
          <dt>{what}</dt>
          <dd>
            {keys.map((key) => (
              <kbd>{key}</kbd>
            ))}
          </dd>
        </>
      ))}
    </dl>
  </Dialog>
);
