import { useState } from "preact/hooks";
import { newId } from "@livesupport/shared/ids.ts";
import type { SavedReply } from "../api.ts";
import type { Desk } from "../desk.ts";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { Editor } from "./editor.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";

/** The team's texts for its messages. */
export function SavedRepliesSettings({ desk, mayChange }: { desk: Desk; mayChange: boolean }) {
  const replies = useLoaded(desk.api.savedReplies);
  const [edited, setEdited] = useState<SavedReply | null>(null);
  return (
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>Saved replies</h2>
          <p class="lead">
            Type <kbd>/</kbd> in a message to put one in.
          </p>
        </div>
        {mayChange && (
          <button type="button" class="button is-primary" onClick={() => setEdited({ id: newId(), shortcut: "", text: "" })}>
            <Icon name="plus" size={15} />
            New reply
          </button>
        )}
      </div>
      <Loaded of={replies}>
        {(all) =>
          all.length === 0 ? (
            <div class="empty">
              <strong>No saved replies yet</strong>
              <p>What your team writes again and again is worth a reply.</p>
            </div>
          ) : (
            <ul class="list">
              {all.map((reply) => (
                <li key={reply.id}>
                  <button type="button" class="list-row" onClick={() => setEdited(reply)}>
                    <span>
                      <b>/{reply.shortcut}</b>
                      <small>{reply.text}</small>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited && <ReplyEditor key={edited.id} desk={desk} mayChange={mayChange} reply={edited} close={() => setEdited(null)} changed={replies.reload} />}
    </section>
  );
}

interface EditorProps {
  desk: Desk;
  mayChange: boolean;
  reply: SavedReply;
  close(): void;
  changed(): void;
}

function ReplyEditor({ desk, mayChange, reply, close, changed }: EditorProps) {
  const [edited, setEdited] = useState(reply);
  return (
    <Editor
      what="reply"
      isNew={reply.shortcut === ""}
      mayChange={mayChange}
      save={() => desk.api.saveReply(edited)}
      saved={`Saved. /${edited.shortcut.replace(/^\//, "").toLowerCase()} puts it into a message.`}
      remove={() => desk.api.removeReply(reply.id)}
      removed={`/${reply.shortcut} is removed.`}
      close={close}
      changed={changed}
    >
      <Field label="Shortcut" hint="What you type after the slash: small letters, digits, - or _." required maxLength={40} value={edited.shortcut} change={(shortcut) => setEdited({ ...edited, shortcut })} />
      <Field
        label="Text, in Markdown"
        hint="{{visitor}} becomes the visitor's first name, {{agent}} yours. A visitor without a name leaves no gap."
        rows={7}
        required
        value={edited.text}
        change={(text) => setEdited({ ...edited, text })}
      />
    </Editor>
  );
}
