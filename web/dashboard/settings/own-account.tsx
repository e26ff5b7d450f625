import { useState } from "preact/hooks";
import { limits } from "@livesupport/shared/protocol.ts";
import type { TotpState } from "../api.ts";
import type { Desk } from "../desk.ts";
import { Refused, useCall } from "../shell/call.tsx";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";
import { Alerts } from "./alerts.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";
import { qrPath } from "./qr.ts";

/** What agents change of their own account. The socket begins anew after each change, as who they are now. */
export function OwnAccount({ desk }: { desk: Desk }) {
  const totp = useLoaded(desk.api.totp);
  return (
    <>
      <Name desk={desk} />
      <Alerts />
      <Password desk={desk} />
      <Loaded of={totp}>{(state) => <Totp desk={desk} state={state} reload={totp.reload} />}</Loaded>
    </>
  );
}

function Name({ desk }: { desk: Desk }) {
  const me = desk.me.value;
  const [name, setName] = useState(me.name);
  const { busy, refused, run } = useCall();
  const save = run(async () => {
    await desk.api.saveName(name);
    desk.me.value = { ...desk.me.peek(), name: name.trim() };
    desk.wire.restart();
    notify("Saved. Visitors see your new name from now on.");
  });
  return (
    <form class="panel" onSubmit={save}>
      <h2>Your account</h2>
      <p class="lead">{me.email}</p>
      <fieldset>
        <Field label="Name" hint="Visitors see it" required maxLength={limits.name} autocomplete="name" value={name} change={setName} />
      </fieldset>
      <Refused why={refused} />
      <div class="panel-foot">
        <button type="submit" class="button is-primary" disabled={busy || name.trim() === "" || name.trim() === me.name}>
          Save name
        </button>
      </div>
    </form>
  );
}

function Password({ desk }: { desk: Desk }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { busy, refused, run } = useCall();
  const save = run(async () => {
    await desk.api.changePassword(current, next);
    desk.wire.restart();
    setCurrent("");
    setNext("");
    notify("Your password is changed. You are signed out everywhere else.");
  });
  return (
    <form class="panel" onSubmit={save}>
      <h2>Password</h2>
      <p class="lead">A new one signs you out on every other device.</p>
      <input type="text" name="username" autocomplete="username" value={desk.me.value.email} readOnly hidden />
      <fieldset class="two">
        <Field label="Current password" type="password" autocomplete="current-password" required value={current} change={setCurrent} />
        <Field label="New password" hint="Twelve characters or more are hard to guess" type="password" autocomplete="new-password" required value={next} change={setNext} />
      </fieldset>
      <Refused why={refused} />
      <div class="panel-foot">
        <button type="submit" class="button is-primary" disabled={busy || !current || !next}>
          Change password
        </button>
      </div>
    </form>
  );
}

type Step = { at: "off" } | { at: "secret"; secret: string; uri: string } | { at: "codes"; codes: string[] } | { at: "on" };

function Totp({ desk, state, reload }: { desk: Desk; state: TotpState; reload(): void }) {
  const [step, setStep] = useState<Step>({ at: state.enabled ? "on" : "off" });
  const { busy, refused, run } = useCall();
  const begin = run(async () => setStep({ at: "secret", ...(await desk.api.beginTotp()) }));
  return (
    <section class="panel" aria-label="Two-step sign-in">
      <h2>Two-step sign-in</h2>
      <p class="lead">A code from an app on your phone, besides the password.</p>
      {step.at === "off" && (
        <>
          <Refused why={refused} />
          <div class="panel-foot">
            <button type="button" class="button is-primary" disabled={busy} onClick={begin}>
              Set it up
            </button>
          </div>
        </>
      )}
      {step.at === "secret" && (
        <Confirm
          desk={desk}
          secret={step.secret}
          uri={step.uri}
          confirmed={(codes) => setStep({ at: "codes", codes })}
          cancel={() => setStep({ at: "off" })}
        />
      )}
      {step.at === "codes" && (
        <Recovery
          codes={step.codes}
          done={() => {
            setStep({ at: "on" });
            reload();
          }}
        />
      )}
      {step.at === "on" && <SwitchOff desk={desk} left={state.recoveryCodes} off={() => setStep({ at: "off" })} />}
    </section>
  );
}

function Confirm({ desk, secret, uri, confirmed, cancel }: { desk: Desk; secret: string; uri: string; confirmed(codes: string[]): void; cancel(): void }) {
  const [code, setCode] = useState("");
  const { busy, refused, run } = useCall();
  const qr = qrPath(uri);
  const confirm = run(async () => {
    const codes = await desk.api.confirmTotp(code);
    desk.wire.restart();
    confirmed(codes);
  });
  return (
    <form onSubmit={confirm}>
      <div class="totp">
        <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label="QR code for your authenticator app" shape-rendering="crispEdges">
          <path d={`M0 0h${qr.size}v${qr.size}H0z`} fill="#fff" />
          <path d={qr.path} fill="#000" />
        </svg>
        <div>
          <p>Scan it with an authenticator app, or type this key into it:</p>
          <p>
            <code class="secret">{secret.replace(/.{4}(?=.)/g, "$& ")}</code>
          </p>
          <Field
            label="Code"
            hint="The six digits that the app shows"
            autocomplete="one-time-code"
            inputMode="numeric"
            required
            maxLength={12}
            value={code}
            change={setCode}
          />
        </div>
      </div>
      <Refused why={refused} />
      <div class="panel-foot">
        <button type="button" class="button" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="button is-primary" disabled={busy || !code}>
          Confirm
        </button>
      </div>
    </form>
  );
}

function Recovery({ codes, done }: { codes: string[]; done(): void }) {
  const copy = () =>
    navigator.clipboard.writeText(codes.join("\n")).then(
      () => notify("Copied."),
      () => notify("The browser did not allow copying. Select the codes and copy them."),
    );
  return (
    <>
      <p role="status">
        It is switched on. Keep these recovery codes somewhere safe: each signs you in once without your phone, and they are not shown again.
      </p>
      <ul class="codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="panel-foot">
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon name="copy" size={15} />
          Copy
        </button>
        <button type="button" class="button is-primary" onClick={done}>
          I have kept them
        </button>
      </div>
    </>
  );
}

function SwitchOff({ desk, left, off }: { desk: Desk; left: number; off(): void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { busy, refused, run } = useCall();
  const save = run(async () => {
    await desk.api.switchTotpOff(password, code);
    desk.wire.restart();
    notify("Two-step sign-in is off.");
    off();
  });
  return (
    <form onSubmit={save}>
      <p>
        It is switched on. {left} recovery {left === 1 ? "code is" : "codes are"} left.
      </p>
      <fieldset class="two">
        <Field label="Password" type="password" autocomplete="current-password" required value={password} change={setPassword} />
        <Field label="Code" autocomplete="one-time-code" inputMode="numeric" required maxLength={12} value={code} change={setCode} />
      </fieldset>
      <Refused why={refused} />
      <div class="panel-foot">
        <button type="submit" class="button" disabled={busy || !password || !code}>
          Switch it off
        </button>
      </div>
    </form>
  );
}
