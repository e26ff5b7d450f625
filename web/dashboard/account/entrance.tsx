import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api.ts";
import { Refused, useCall } from "../shell/call.tsx";
import { Field } from "../shell/field.tsx";
import "./entrance.css";

/** The card in the middle of an empty screen: sign-in and set-up. */
function Entrance({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }) {
  return (
    <main class="entrance">
      <div class="entrance-card">
        <span class="logo" aria-hidden="true">
          L
        </span>
        <h1>{title}</h1>
        {lead && <p class="entrance-lead">{lead}</p>}
        {children}
      </div>
    </main>
  );
}

export function SignIn({ done, reason }: { done(): Promise<void>; reason: string | null }) {
  const { busy, refused, run } = useCall();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState<string | null>(null);
  return (
    <Entrance title="Sign in" lead={reason ?? "to the conversations of your team"}>
      <form
        onSubmit={run(async () => {
          await api.signIn({ email: email.trim(), password, ...(totp && { totp: totp.replaceAll(" ", "") }) });
          await done();
        })}
      >
        <Field label="E-mail" name="email" type="email" autocomplete="username" required autofocus value={email} change={setEmail} />
        <Field label="Password" name="password" type="password" autocomplete="current-password" required value={password} change={setPassword} />
        {totp === null ? (
          <button type="button" class="link is-quiet" onClick={() => setTotp("")}>
            I have a code from an authenticator app
          </button>
        ) : (
          <Field label="Code" name="totp" type="text" autocomplete="one-time-code" inputMode="numeric" value={totp} change={setTotp} />
        )}
        <button type="submit" class="button is-primary is-wide" aria-disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
        <Refused why={refused} />
      </form>
    </Entrance>
  );
}

export function SetUp({ code, done }: { code: string; done(): Promise<void> }) {
  const { busy, refused, run } = useCall();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Entrance title="Welcome to LiveSupport" lead="You become the first administrator. The set-up link works once.">
      <form
        onSubmit={run(async () => {
          await api.setUp({ code, name: name.trim(), email: email.trim(), password });
          await done();
        })}
      >
        <Field label="Your name" hint="Visitors see it" name="name" autocomplete="name" required autofocus value={name} change={setName} />
        <Field label="E-mail" name="email" type="email" autocomplete="username" required value={email} change={setEmail} />
        <Field
          label="Password"
          hint="Twelve characters or more are hard to guess"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          value={password}
          change={setPassword}
        />
        <button type="submit" class="button is-primary is-wide" aria-disabled={busy}>
          {busy ? "Setting up…" : "Create the account"}
        </button>
        <Refused why={refused} />
      </form>
    </Entrance>
  );
}
