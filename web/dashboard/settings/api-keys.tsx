import { useState } from "preact/hooks";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";
import { ago, fullTime, now } from "../shell/time.ts";
import { Ask } from "./ask.tsx";
import { Choices } from "./choices.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";
import { programs, scopes, type ApiKey, type NewApiKey } from "./programs.ts";
import { ShownOnce } from "./shown-once.tsx";
import "./programs.css";

/** The keys with which programs use this workspace. */
export function ApiKeys() {
  const keys = useLoaded(programs.keys);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>API keys</h2>
          <p class="lead">
            Programs use them to read and write here. <a href="/docs/api" target="_blank" rel="noreferrer">How the API works</a>
          </p>
        </div>
        <button type="button" class="button is-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" size={15} />
          New key
        </button>
      </div>
      <Loaded of={keys}>
        {(all) => {
          const live = all.filter((key) => !key.revokedAt);
          const revoked = all.filter((key) => key.revokedAt);
          return (
            <>
              {live.length === 0 && (
                <div class="empty">
                  <strong>No keys yet</strong>
                  <p>Make one for each program, with no more than it needs.</p>
                </div>
              )}
              <ul class="list">
                {live.map((key) => (
                  <li key={key.id} class="list-row is-key">
                    <span>
                      <b>{key.name}</b>
                      <small>
                        <code>{key.prefix}…</code> · {key.perMinute} a minute
                      </small>
                      <small title={key.scopes.join("\n")}>{key.scopes.join(", ")}</small>
                    </span>
                    <small title={`Made ${fullTime(key.createdAt)} by ${key.createdBy.name}`}>
                      {key.lastUsedAt ? `used ${ago(key.lastUsedAt, now.value)}` : "never used"}
                    </small>
                    <button type="button" class="button is-danger" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                      Revoke
                    </button>
                  </li>
                ))}
              </ul>
              {revoked.length > 0 && (
                <details class="more">
                  <summary>Revoked ({revoked.length})</summary>
                  <ul class="list">
                    {revoked.map((key) => (
                      <li key={key.id} class="list-row is-key">
                        <span>
                          <b>{key.name}</b>
                          <small>
                            <code>{key.prefix}…</code>
                          </small>
                        </span>
                        <small>revoked {ago(key.revokedAt!, now.value)}</small>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </>
          );
        }}
      </Loaded>
      {adding && (
        <AddKey
          close={() => setAdding(false)}
          done={(token) => {
            setAdding(false);
            setMade(token);
            keys.reload();
          }}
        />
      )}
      {made && (
        <ShownOnce title="Your new key" lead="Copy it now. It is kept nowhere and cannot be shown again." secret={made} close={() => setMade(null)} />
      )}
      {revoking && <Revoke of={revoking} close={() => setRevoking(null)} done={keys.reload} />}
    </section>
  );
}

function AddKey({ close, done }: { close(): void; done(token: string): void }) {
  const [key, setKey] = useState<NewApiKey>({ name: "", scopes: [], perMinute: 600 });
  const add = async () => {
    if (key.scopes.length === 0) throw new Error("Choose what the key may do.");
    done((await programs.makeKey(key)).token);
  };
  return (
    <FormDialog title="New key" submit="Make the key" send={add} close={close}>
      <div class="editor-fields">
        <Field label="Name" hint="Which program uses it" required maxLength={200} value={key.name} change={(name) => setKey({ ...key, name })} />
        <Choices legend="It may" all={scopes} chosen={key.scopes} change={(chosen) => setKey({ ...key, scopes: chosen })} />
        <Field
          label="Calls in a minute"
          inputMode="numeric"
          required
          value={key.perMinute === 0 ? "" : String(key.perMinute)}
          change={(text) => setKey({ ...key, perMinute: Math.min(60_000, Number(text.replace(/\D/g, ""))) })}
        />
      </div>
    </FormDialog>
  );
}

function Revoke({ of, close, done }: { of: ApiKey; close(): void; done(): void }) {
  const revoke = async () => {
    try {
      await programs.revokeKey(of.id);
      done();
      notify(`“${of.name}” is revoked.`);
    } catch (error) {
      notify((error as Error).message);
    }
    close();
  };
  return (
    <Ask
      label="Revoke the key"
      title={`Revoke “${of.name}”?`}
      lead="Programs that use it are refused from this moment on. This cannot be taken back."
      action="Revoke"
      go={() => void revoke()}
      close={close}
    />
  );
}
