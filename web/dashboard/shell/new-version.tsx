import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { Icon } from "./icons.tsx";

/**
 * Offers to load the page anew when the server has moved on. It never does so by itself, and loses nothing: drafts are
 * kept at every key and unsent messages in the outbox; a file that is on its way is waited for.
 */
export function NewVersionLine({ desk }: { desk: Desk }) {
  const [later, setLater] = useState(false);
  const [reloading, setReloading] = useState(false);
  const files = desk.open.value?.writing.files;
  const uploading = files !== undefined && [files.reply, files.note].some((uploads) => uploads.items.value.some((item) => item.state === "sending"));
  useEffect(() => {
    if (reloading && !uploading) location.reload();
  }, [reloading, uploading]);
  const offered = desk.wire.outdated.value && desk.wire.state.value === "connected" && !later;
  return (
    <div class="connection-place" role="status" aria-live="polite">
      {offered && (
        <p class="connection new-version">
          <span>{reloading && uploading ? "Reloading when your file is there…" : "A new version is ready."}</span>
          {!reloading && (
            <button type="button" class="link" onClick={() => setReloading(true)}>
              Reload
            </button>
          )}
          <button type="button" class="notice-close" aria-label="Later" onClick={() => (reloading ? setReloading(false) : setLater(true))}>
            <Icon name="close" size={14} />
          </button>
        </p>
      )}
    </div>
  );
}
