import type { SummaryVisitor } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import { Refused, useCall } from "../shell/call.tsx";
import { Dialog } from "../shell/dialog.tsx";
import { notify } from "../shell/notice.tsx";
import { nameOf } from "../shell/people.ts";

/** Asks before a person is erased: it cannot be taken back. */
export function EraseDialog({ desk, who, close }: { desk: Desk; who: SummaryVisitor; close(): void }) {
  const { busy, refused, run } = useCall();
  const erase = run(async () => {
    const { conversations, attachments } = await desk.api.erase(who.id);
    close();
    notify(`Erased: ${count(conversations, "conversation")}, ${count(attachments, "file")}.`);
  });
  return (
    <Dialog label="Erase this person" class="editor is-narrow" close={close}>
      <h2>Erase {nameOf(who)}?</h2>
      <p class="lead">This cannot be taken back. It deletes, everywhere in this workspace:</p>
      <ul class="erase-what">
        <li>name, e-mail, device, place and all else that is known</li>
        <li>every message, note and file in all of their conversations, with your team’s answers</li>
        <li>what was fetched from connected systems</li>
      </ul>
      <p class="lead">
        Each conversation stays in the list as one line that says so. An open chat begins anew, as somebody unknown. What the shop or the ticket system itself
        holds, and your backups, are not touched.
      </p>
      <Refused why={refused} />
      <div class="panel-foot">
        <button type="button" class="button" disabled={busy} onClick={close}>
          Keep them
        </button>
        <button type="button" class="button is-danger" disabled={busy} onClick={erase}>
          {busy ? "Erasing…" : "Erase for good"}
        </button>
      </div>
    </Dialog>
  );
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
