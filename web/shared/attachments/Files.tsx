import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../protocol.ts";
import { Glyph } from "./Glyph.tsx";
import { isPicture, sizeOf } from "./uploads.ts";
import { words } from "./words.ts";
import "./attachments.css";

/** Where a file is fetched from. */
export interface FileSource {
  url(id: string): string;
  /** An address that surely works, where addresses grow old. */
  fresh?(id: string): Promise<string>;
}

interface Props {
  files: readonly Attachment[];
  source: FileSource;
}

/** The files of a message: pictures in a box of fixed size, everything else as a row to save. */
export function Files({ files, source }: Props) {
  const [shown, setShown] = useState<Attachment | null>(null);
  return (
    <div class="files" dir="ltr">
      {files.map((file) =>
        isPicture(file) ? (
          <button key={file.id} type="button" class="thumbnail" aria-label={words.value.show(file.name)} onClick={() => setShown(file)}>
            <Picture file={file} source={source} />
          </button>
        ) : (
          <Save key={file.id} file={file} source={source} class="file-row">
            <Glyph name="file" />
            <span class="file-name">{file.name}</span>
            <span class="file-size">{sizeOf(file.size)}</span>
          </Save>
        ),
      )}
      {shown && <Preview file={shown} source={source} close={() => setShown(null)} />}
    </div>
  );
}

/** The address stays what it was when the picture came up, so that it is fetched once. */
function Picture({ file, source }: { file: Attachment; source: FileSource }) {
  const [url, setUrl] = useState(() => source.url(file.id));
  const [tries, setTries] = useState(0);
  const failed = () => {
    setTries(tries + 1);
    if (tries === 0) void source.fresh?.(file.id).then(setUrl, () => {});
  };
  return tries > (source.fresh ? 1 : 0) ? <span class="broken-picture">{file.name}</span> : <img src={url} alt={file.name} loading="lazy" onError={failed} />;
}

function Save({ file, source, class: style, children }: { file: Attachment; source: FileSource; class: string; children: preact.ComponentChildren }) {
  const save = async (event: MouseEvent & { currentTarget: HTMLAnchorElement }) => {
    if (!source.fresh) return;
    event.preventDefault();
    const link = document.createElement("a");
    link.download = file.name;
    link.href = await source.fresh(file.id).catch(() => source.url(file.id));
    link.click();
  };
  return (
    <a class={style} href={source.url(file.id)} download={file.name} onClick={(event) => void save(event)}>
      {children}
    </a>
  );
}

/** The picture as large as there is room. A native dialog: Escape and a click beside it close it. */
function Preview({ file, source, close }: { file: Attachment; source: FileSource; close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const back = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    return () => back?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="preview"
      aria-label={file.name}
      onClose={close}
      // Whoever listens for Escape around us must not hear this one.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <div class="preview-head">
        <span class="file-name">{file.name}</span>
        <Save file={file} source={source} class="preview-save">
          {words.value.save}
        </Save>
        <button type="button" class="preview-close" aria-label={words.value.close} onClick={() => dialog.current!.close()}>
          <Glyph name="close" />
        </button>
      </div>
      <Picture file={file} source={source} />
    </dialog>
  );
}
