import { Dialog } from "../shell/dialog.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";

interface Props {
  title: string;
  lead: string;
  secret: string;
  close(): void;
}

/** A secret that nobody, we included, can show again. */
export function ShownOnce({ title, lead, secret, close }: Props) {
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => notify("Copied."),
      () => notify("The browser did not allow copying. Select the text and copy it."),
    );
  return (
    <Dialog label={title} class="editor" close={close}>
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <div class="snippet">
        <code tabIndex={0}>{secret}</code>
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon name="copy" size={15} />
          Copy
        </button>
      </div>
      <div class="panel-foot">
        <button type="button" class="button is-primary" onClick={close}>
          I have kept it
        </button>
      </div>
    </Dialog>
  );
}
