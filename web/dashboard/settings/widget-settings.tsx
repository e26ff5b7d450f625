import { useState } from "preact/hooks";
import type { Settings, SettingsChange } from "../api.ts";
import type { Desk } from "../desk.ts";
import { Refused, useCall } from "../shell/call.tsx";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";
import { inkOn } from "./ink.ts";
import { KnownCustomers } from "./known-customers.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";

export function WidgetSettings({ desk, admin }: { desk: Desk; admin: boolean }) {
  const settings = useLoaded(desk.api.settings);
  const save = async (change: SettingsChange) => {
    const before = settings.value as Settings;
    const now = { ...before, ...(await desk.api.saveSettings({ ...before, ...change })) };
    settings.setValue(now);
    return now;
  };
  return (
    <Loaded of={settings}>
      {(saved) => (
        <>
          <Form admin={admin} saved={saved} save={save} />
          <Embed siteKey={saved.siteKeys[0] ?? "default"} />
          {admin && <KnownCustomers saved={saved} save={save} />}
        </>
      )}
    </Loaded>
  );
}

interface Props {
  admin: boolean;
  saved: Settings;
  save(change: SettingsChange): Promise<Settings>;
}

function Form({ admin, saved, save }: Props) {
  const [change, setChange] = useState<SettingsChange>({});
  const [origins, setOrigins] = useState(saved.allowedOrigins.join("\n"));
  const { busy, refused, run } = useCall();
  const edited = { ...saved, ...change };
  const set = (more: SettingsChange) => setChange({ ...change, ...more });
  const allowedOrigins = origins.split(/[\s,]+/).filter(Boolean);
  const changed = JSON.stringify({ ...edited, allowedOrigins }) !== JSON.stringify(saved);

  const submit = run(async () => {
    const now = await save({ ...change, allowedOrigins });
    setChange({});
    setOrigins(now.allowedOrigins.join("\n"));
    notify("Saved. Widgets that open from now on use it.");
  });

  return (
    <form class="panel" onSubmit={submit}>
      <h2>Widget</h2>
      <p class="lead">What visitors see on your site.</p>
      <fieldset disabled={!admin}>
        <div class="two">
          <Field label="Team name" hint="The widget's headline" required maxLength={200} value={edited.teamName} change={(teamName) => set({ teamName })} />
          <Field label="Bot's name" required maxLength={200} value={edited.botName} change={(botName) => set({ botName })} />
        </div>
        <Field label="Greeting" rows={2} value={edited.greeting} change={(greeting) => set({ greeting })} />
        <div class="field">
          <label for="color">Colour</label>
          <div class="color">
            <input id="color" type="color" value={edited.color} onInput={(event) => set({ color: event.currentTarget.value })} />
            <output for="color">{edited.color}</output>
            <Bubble settings={edited} />
          </div>
        </div>
        <label class="switch">
          <input type="checkbox" checked={edited.botEnabled} onChange={(event) => set({ botEnabled: event.currentTarget.checked })} />
          <span>
            The bot answers first
            <small class="hint">Off: every new conversation waits under Unassigned.</small>
          </span>
        </label>
        <Field
          label="Sites that may show the widget"
          hint="One per line, such as https://shop.example.com or https://*.example.com. This server's own address always may."
          rows={3}
          value={origins}
          change={setOrigins}
        />
        <Refused why={refused} />
        {admin && (
          <div class="panel-foot">
            <button type="submit" class="button is-primary" disabled={!changed || busy}>
              Save
            </button>
          </div>
        )}
      </fieldset>
    </form>
  );
}

const Bubble = ({ settings }: { settings: Settings }) => (
  <span class="bubble" style={{ background: settings.color, color: inkOn(settings.color) }}>
    {settings.teamName || "Support"}
  </span>
);

function Embed({ siteKey }: { siteKey: string }) {
  const snippet = `<script async src="${location.origin}/widget.js" data-site-key="${siteKey}"></script>`;
  const copy = () =>
    navigator.clipboard.writeText(snippet).then(
      () => notify("Copied."),
      () => notify("The browser did not allow copying. Select the text and copy it."),
    );
  return (
    <section class="panel">
      <h2>Put it on your site</h2>
      <p class="lead">Paste this before the end of the body of every page.</p>
      <div class="snippet">
        <code tabIndex={0}>{snippet}</code>
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon name="copy" size={15} />
          Copy
        </button>
      </div>
    </section>
  );
}
