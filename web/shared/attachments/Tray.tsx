import { useRef } from "preact/hooks";
import { Glyph } from "./Glyph.tsx";
import { sizeOf, type Uploads } from "./uploads.ts";
import { words } from "./words.ts";
import "./attachments.css";

/** The files beside what is being written: how far each is, why one failed, and a way to take it out. */
export function Tray({ uploads }: { uploads: Uploads }) {
  const notice = uploads.notice.value;
  const say = words.value;
  if (!uploads.any.value && !notice) return null;
  return (
    <div class="tray">
      {uploads.any.value && (
        <ul aria-label={say.toSend}>
          {uploads.items.value.map((item) => (
            <li key={item.key} class={item.state === "failed" ? "is-failed" : ""}>
              <Glyph name="file" />
              <span class="tray-text">
                <span class="file-name">{item.name}</span>
                {item.state === "failed" ? (
                  <span role="alert" title={item.reason}>
                    {item.reason}
                  </span>
                ) : item.state === "done" ? (
                  <span class="file-size">{sizeOf(item.size)}</span>
                ) : (
                  <progress max={1} value={item.progress} aria-label={say.uploading(item.name)} />
                )}
              </span>
              {item.state === "failed" && (
                <button type="button" aria-label={say.again(item.name)} onClick={() => uploads.retry(item.key)}>
                  <Glyph name="again" />
                </button>
              )}
              <button
                type="button"
                aria-label={item.state === "sending" ? say.cancel(item.name) : say.remove(item.name)}
                onClick={() => uploads.remove(item.key)}
              >
                <Glyph name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {notice && (
        <p class="tray-notice" role="alert">
          {notice}
        </p>
      )}
    </div>
  );
}

/** The paper clip: chooses files. */
export function Clip({ uploads, class: style, after }: { uploads: Uploads; class: string; after?: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={style} aria-label={words.value.attach} title={words.value.attach} onClick={() => input.current!.click()}>
        <Glyph name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          uploads.add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
          after?.();
        }}
      />
    </>
  );
}
