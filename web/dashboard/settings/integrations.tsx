import { useState } from "preact/hooks";
import { Field } from "../shell/field.tsx";
import { notify } from "../shell/notice.tsx";
import { ago, now } from "../shell/time.ts";
import { Ask } from "./ask.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { integrations, isSameDoor, known, toSend, wayOf, type Integration, type Known, type Tested } from "./integrations.ts";
import { Loaded, useLoaded } from "./loaded.tsx";
import "./programs.css";
import "./integrations.css";

/** The systems that know the customer too. */
export function Integrations() {
  const loaded = useLoaded(integrations.all);
  const [editing, setEditing] = useState<Known | null>(null);
  const put = (one: Integration) =>
    loaded.setValue([...(loaded.value ?? []).filter((other) => other.provider !== one.provider), one]);
  return (
    <section class="panel">
      <h2>Integrations</h2>
      <p class="lead">What other systems know of a customer, beside the chat. Secrets are kept encrypted and never shown again.</p>
      <Loaded of={loaded}>
        {(all) => (
          <ul class="providers">
            {known.map((provider) => (
              <Row
                key={provider.provider}
                provider={provider}
                integration={all.find((one) => one.provider === provider.provider && one.connected)}
                edit={() => setEditing(provider)}
                gone={() => loaded.setValue(all.filter((one) => one.provider !== provider.provider))}
                tested={loaded.reload}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {editing && (
        <Connect
          provider={editing}
          integration={loaded.value?.find((one) => one.provider === editing.provider && one.connected)}
          close={() => setEditing(null)}
          done={(one) => {
            put(one);
            setEditing(null);
            notify(`${editing.name} is connected.`);
          }}
        />
      )}
    </section>
  );
}

interface RowProps {
  provider: Known;
  integration: Integration | undefined;
  edit(): void;
  gone(): void;
  tested(): void;
}

function Row({ provider, integration, edit, gone, tested }: RowProps) {
  const [test, setTest] = useState<"busy" | Tested | null>(null);
  const [leaving, setLeaving] = useState(false);
  const run = async () => {
    setTest("busy");
    try {
      setTest(await integrations.test(provider.provider));
      tested();
    } catch (error) {
      setTest({ ok: false, error: { code: "unavailable", detail: (error as Error).message } });
    }
  };
  const disconnect = async () => {
    try {
      await integrations.disconnect(provider.provider);
      gone();
      setTest(null);
      notify(`${provider.name} is disconnected, and its secrets are deleted.`);
    } catch (error) {
      notify((error as Error).message);
    }
    setLeaving(false);
  };
  return (
    <li>
      <div>
        <b>{provider.name}</b>
        {integration && <State of={integration} />}
        <small>{integration ? whereOf(integration) || provider.shows : provider.shows}</small>
        {integration?.lastError && !test && (
          <small class={isFailing(integration) ? "is-warning" : undefined}>
            {isFailing(integration)
              ? `${integration.lastSuccessAt ? `Last answered ${ago(integration.lastSuccessAt, now.value)}. ` : ""}${integration.lastError.detail}`
              : `Last error ${ago(integration.lastError.at, now.value)}: ${integration.lastError.detail}`}
          </small>
        )}
        {integration?.legacy && <small class="is-warning">{wayOf(provider, integration).legacy ?? "This way of signing in is a legacy one."}</small>}
        <small class={test && test !== "busy" && !test.ok ? "is-warning" : undefined} role="status">
          {test === "busy" ? "Asking…" : test ? (test.ok ? `It answers${test.account ? ` as ${test.account}` : ""}.` : test.error?.detail) : ""}
        </small>
      </div>
      <div class="row-buttons">
        {integration && (
          <>
            <button type="button" class="button" disabled={test === "busy"} onClick={() => void run()}>
              Test connection
            </button>
            <button type="button" class="button" aria-label={`Disconnect ${provider.name}`} onClick={() => setLeaving(true)}>
              Disconnect
            </button>
          </>
        )}
        <button type="button" class={`button ${integration ? "" : "is-primary"}`} aria-label={`${integration ? "Change" : "Connect"} ${provider.name}`} onClick={edit}>
          {integration ? "Change" : "Connect"}
        </button>
      </div>
      {leaving && (
        <Ask
          label="Disconnect"
          title={`Disconnect ${provider.name}?`}
          lead="Its cards leave every conversation, and what we keep to sign in there is deleted."
          action="Disconnect"
          go={() => void disconnect()}
          close={() => setLeaving(false)}
        />
      )}
    </li>
  );
}

/** Which of the two came last decides: a provider that answers again is well. */
const isFailing = ({ lastError, lastSuccessAt }: Integration): boolean =>
  lastError != null && (!lastSuccessAt || Date.parse(lastError.at) > Date.parse(lastSuccessAt));

function State({ of }: { of: Integration }) {
  const quota = of.quota ? ` · ${of.quota.remaining} of ${of.quota.limit} ${of.provider === "shopify" ? "points" : "calls"} left` : "";
  return isFailing(of) ? (
    <span class="health is-failing">
      failing, {ago(of.lastError!.at, now.value)}
    </span>
  ) : (
    <span class="health is-ok">{of.lastSuccessAt ? `answered ${ago(of.lastSuccessAt, now.value)}${quota}` : "connected"}</span>
  );
}

const whereOf = ({ settings }: Integration): string =>
  settings["shop"] ?? (settings["subdomain"] ? `${settings["subdomain"]}.zendesk.com` : undefined) ?? settings["url"] ?? "";

interface ConnectProps {
  provider: Known;
  integration: Integration | undefined;
  close(): void;
  done(integration: Integration): void;
}

function Connect({ provider, integration, close, done }: ConnectProps) {
  const [way, setWay] = useState(wayOf(provider, integration));
  const [typed, setTyped] = useState<Record<string, string>>(integration?.settings ?? {});
  const kept = integration?.hasSecret && way === wayOf(provider, integration) && isSameDoor(way, typed, integration.settings);
  const send = async () => done(await integrations.connect(provider.provider, toSend(way, typed)));
  return (
    <FormDialog title={provider.name} lead={provider.shows} label={`Connect ${provider.name}`} submit={integration ? "Save" : "Connect"} send={send} close={close}>
      <div class="editor-fields">
        {provider.ways.length > 1 && (
          <fieldset class="ways-in">
            <legend>Sign in with</legend>
            {provider.ways.map((one) => (
              <label key={one.label}>
                <input type="radio" name="way" checked={one === way} onChange={() => setWay(one)} />
                {one.label}
                {one.legacy && <span class="tag">legacy</span>}
              </label>
            ))}
          </fieldset>
        )}
        {way.legacy && <p class="why">{way.legacy}</p>}
        {way.lines.map((line) => (
          <Field
            key={line.name}
            label={line.label}
            hint={line.secret && kept && !line.optional ? "Kept. Leave it empty to keep it." : line.hint}
            type={line.secret ? "password" : "text"}
            autocomplete={line.secret ? "new-password" : "off"}
            required={!line.optional && !(line.secret && kept)}
            maxLength={2000}
            value={typed[line.name] ?? ""}
            change={(value) => setTyped({ ...typed, [line.name]: value })}
          />
        ))}
      </div>
      {provider.webhook && (
        <p class="why">
          To see changes at once, let {provider.name} send {provider.webhook} to <code>{`${location.origin}/api/integrations/${provider.provider}/webhook/default`}</code>.
        </p>
      )}
    </FormDialog>
  );
}
