import { useState } from "preact/hooks";
import type { IdentityKey, Settings, SettingsChange } from "../api.ts";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";
import { Ask, type Question } from "./ask.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { newSecret } from "./secret.ts";
import { ShownOnce } from "./shown-once.tsx";
import "./programs.css";

interface Props {
  saved: Settings;
  save(change: SettingsChange): Promise<unknown>;
}

/** With what the site vouches for who is signed in there, and whether others may chat. */
export function KnownCustomers({ saved, save }: Props) {
  const [made, setMade] = useState<string | null>(null);
  const [asked, setAsked] = useState<Question | null>(null);
  const ask = (question: Question) =>
    setAsked({
      ...question,
      keep: "Cancel",
      go: () => {
        setAsked(null);
        question.go();
      },
    });
  const [adding, setAdding] = useState(false);
  const canSign = saved.hasIdentitySecret || saved.identityKeys.length > 0;

  /** A change that is made at once: what it was refused for is said. */
  const change = (next: SettingsChange, said: string) =>
    save(next).then(
      () => {
        notify(said);
        return true;
      },
      (error: Error) => {
        notify(error.message);
        return false;
      },
    );

  const makeSecret = async () => {
    const identitySecret = newSecret();
    if (await change({ identitySecret }, "Saved. Tokens must be signed with the new secret from now on.")) setMade(identitySecret);
  };

  return (
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>Known customers</h2>
          <p class="lead">Your server signs who is signed in on your site (a JWT). The chat then knows them on all their devices.</p>
        </div>
        <button type="button" class="button" onClick={() => setAdding(true)}>
          <Icon name="plus" size={15} />
          Add a public key
        </button>
      </div>
      <ul class="list">
        <li class="list-row is-key">
          <span>
            <b>Shared secret</b>
            <small>{saved.hasIdentitySecret ? "Set. Tokens are signed with HS256." : "None. For tokens that are signed with HS256."}</small>
          </span>
          {saved.hasIdentitySecret && (
            <button
              type="button"
              class="button is-danger"
              aria-label="Remove the shared secret"
              onClick={() =>
                ask({
                  title: "Remove the shared secret?",
                  lead: "Tokens that are signed with it count no longer. Who is known already stays so.",
                  action: "Remove",
                  go: () => void change({ identitySecret: "" }, "Removed."),
                })
              }
            >
              Remove
            </button>
          )}
          <button
            type="button"
            class="button"
            onClick={() =>
              saved.hasIdentitySecret
                ? ask({
                    title: "Make a new secret?",
                    lead: "Your server must sign with the new one at once: tokens that are signed with the old one count no longer.",
                    action: "Make a new one",
                    go: () => void makeSecret(),
                  })
                : void makeSecret()
            }
          >
            Make a new one
          </button>
        </li>
        {saved.identityKeys.map((key) => (
          <li key={key.id} class="list-row is-key">
            <span>
              <b>Public key {key.id}</b>
              <small>
                For tokens that are signed with RS256 and say <code>kid: {key.id}</code>
              </small>
            </span>
            <button
              type="button"
              class="button is-danger"
              aria-label={`Remove the public key ${key.id}`}
              onClick={() =>
                ask({
                  title: `Remove the public key ${key.id}?`,
                  lead: "Tokens that are signed with it count no longer. Who is known already stays so.",
                  action: "Remove",
                  go: () => void change({ identityKeys: saved.identityKeys.filter((other) => other.id !== key.id) }, "Removed."),
                })
              }
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <fieldset>
        <label class="switch">
          <input
            type="checkbox"
            checked={saved.requireIdentity}
            disabled={!canSign}
            onChange={(event) => {
              const { currentTarget: box } = event;
              const requireIdentity = box.checked;
              void change({ requireIdentity }, requireIdentity ? "Saved. Everybody else is asked to sign in first." : "Saved. Everybody may chat.").then((done) => {
                if (!done) box.checked = saved.requireIdentity;
              });
            }}
          />
          <span>
            Only known customers may chat
            <small class="hint">{canSign ? "Everybody else is asked to sign in on your site first." : "Make a secret or add a public key first."}</small>
          </span>
        </label>
      </fieldset>
      {made && <ShownOnce title="Your shared secret" lead="Copy it to your server, and nowhere else: who has it can be any of your customers." secret={made} close={() => setMade(null)} />}
      {asked && <Ask {...asked} close={() => setAsked(null)} />}
      {adding && <AddKey keys={saved.identityKeys} save={save} close={() => setAdding(false)} />}
    </section>
  );
}

interface AddKeyProps {
  keys: IdentityKey[];
  save(change: SettingsChange): Promise<unknown>;
  close(): void;
}

function AddKey({ keys, save, close }: AddKeyProps) {
  const [key, setKey] = useState<IdentityKey>({ id: "", pem: "" });
  const add = async () => {
    await save({ identityKeys: [...keys, key] });
    close();
    notify("Added.");
  };
  return (
    <FormDialog title="Add a public key" lead="Your server keeps the private key, and signs with RS256." submit="Add" send={add} close={close}>
      <div class="editor-fields">
        <Field label="Key id" hint="What the token's kid says, such as 2026-11" required autofocus maxLength={64} value={key.id} change={(id) => setKey({ ...key, id })} />
        <Field
          label="Public key (PEM)"
          hint="RSA, 2048 bits or more; begins with -----BEGIN PUBLIC KEY-----"
          rows={7}
          required
          value={key.pem}
          change={(pem) => setKey({ ...key, pem })}
        />
      </div>
    </FormDialog>
  );
}
