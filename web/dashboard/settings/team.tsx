import { useState } from "preact/hooks";
import type { Agent, Role } from "@livesupport/shared/protocol.ts";
import type { NewAgent } from "../api.ts";
import type { Desk } from "../desk.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { Menu } from "../shell/menu.tsx";
import { notify } from "../shell/notice.tsx";
import { FormDialog } from "./form-dialog.tsx";

const roles: [Role, string, string][] = [
  ["agent", "Agent", "answers visitors"],
  ["supervisor", "Supervisor", "answers, and looks after the team"],
  ["admin", "Administrator", "changes settings, articles and the team"],
];

const roleName = (role: Role) => roles.find(([key]) => key === role)![1];

export function Team({ desk, admin }: { desk: Desk; admin: boolean }) {
  const [adding, setAdding] = useState(false);
  const [resetting, setResetting] = useState<Agent | null>(null);
  const team = [...desk.agents.value].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>Team</h2>
          <p class="lead">The people who answer.</p>
        </div>
        {admin && (
          <button type="button" class="button is-primary" onClick={() => setAdding(true)}>
            <Icon name="plus" size={15} />
            Add agent
          </button>
        )}
      </div>
      <ul class="list">
        {team.map((agent) => (
          <li key={agent.id} class={`list-row is-person ${agent.deactivated ? "is-off" : ""}`}>
            <Avatar who={agent} />
            <span>
              <b>{agent.id === desk.me.value.id ? `${agent.name} (you)` : agent.name}</b>
              <small>{agent.email}</small>
            </span>
            <small>{roleName(agent.role)}</small>
            <small class="team-state">
              {!agent.deactivated && <i class={`availability is-${agent.availability}`} />}
              {agent.deactivated ? "switched off" : agent.availability}
            </small>
            {admin && agent.id === desk.me.value.id && <span class="no-actions" />}
            {admin && agent.id !== desk.me.value.id && <Actions desk={desk} agent={agent} setPassword={() => setResetting(agent)} />}
          </li>
        ))}
      </ul>
      {adding && (
        <AddAgent
          desk={desk}
          close={() => {
            setAdding(false);
            void desk.loadAgents();
          }}
        />
      )}
      {resetting && <NewPassword desk={desk} agent={resetting} close={() => setResetting(null)} />}
    </section>
  );
}

/** What an administrator does for a colleague. One's own account is changed under "Your account". */
function Actions({ desk, agent, setPassword }: { desk: Desk; agent: Agent; setPassword(): void }) {
  const does = (call: () => Promise<void>, said: string) => () =>
    void call().then(
      () => {
        notify(said);
        void desk.loadAgents();
      },
      (error: Error) => notify(error.message),
    );
  const { api } = desk;
  return (
    <Menu
      label={`Change ${agent.name}`}
      class="button is-icon is-bare"
      items={[
        { label: "New password…", pick: setPassword },
        { label: "Reset two-step sign-in", pick: does(() => api.resetTotp(agent.id), `${agent.name} signs in without a code now.`) },
        agent.deactivated
          ? { label: "Switch on again", pick: does(() => api.reactivate(agent.id), `${agent.name} can sign in again.`) }
          : { label: "Switch off", hint: "cannot sign in", pick: does(() => api.deactivate(agent.id), `${agent.name} is signed out and cannot sign in.`) },
      ]}
    >
      <Icon name="settings" size={16} />
    </Menu>
  );
}

function NewPassword({ desk, agent, close }: { desk: Desk; agent: Agent; close(): void }) {
  const [password, setPassword] = useState("");
  const send = async () => {
    await desk.api.setPassword(agent.id, password);
    close();
    notify(`${agent.name} has a new password and is signed out.`);
  };
  return (
    <FormDialog narrow title={`New password for ${agent.name}`} submit="Set password" send={send} close={close}>
      <fieldset>
        <Field
          label="New password"
          hint="Tell it to them in private"
          type="password"
          autocomplete="new-password"
          required
          value={password}
          change={setPassword}
        />
      </fieldset>
    </FormDialog>
  );
}

function AddAgent({ desk, close }: { desk: Desk; close(): void }) {
  const [agent, setAgent] = useState<NewAgent>({ name: "", email: "", password: "", role: "agent" });
  const send = async () => {
    await desk.api.addAgent(agent);
    close();
    notify(`${agent.name} can sign in now.`);
  };
  return (
    <FormDialog narrow title="Add agent" submit="Add" send={send} close={close}>
      <fieldset>
        <Field label="Name" hint="Visitors see it" required maxLength={200} value={agent.name} change={(name) => setAgent({ ...agent, name })} />
        <Field label="E-mail" type="email" required maxLength={254} value={agent.email} change={(email) => setAgent({ ...agent, email })} />
        <Field
          label="First password"
          hint="Tell it to them in private"
          type="password"
          autocomplete="new-password"
          required
          value={agent.password}
          change={(password) => setAgent({ ...agent, password })}
        />
        <div class="field">
          <label for="role">Role</label>
          <select id="role" value={agent.role} onChange={(event) => setAgent({ ...agent, role: event.currentTarget.value as Role })}>
            {roles.map(([key, label, what]) => (
              <option key={key} value={key}>
                {label}: {what}
              </option>
            ))}
          </select>
        </div>
      </fieldset>
    </FormDialog>
  );
}
