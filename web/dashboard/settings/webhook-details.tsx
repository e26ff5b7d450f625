import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shell/icons.tsx";
import { notify } from "../shell/notice.tsx";
import { ago, fullTime, lengthOf, now } from "../shell/time.ts";
import { Ask } from "./ask.tsx";
import { EndpointDialog, Health } from "./endpoint.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";
import { programs, type DeadLetter, type Delivery, type Webhook } from "./programs.ts";

const refreshEvery = 5_000;

interface Props {
  id: string;
  back(): void;
  showSecret(secret: string): void;
}

/** One webhook: how it does, its newest attempts, and what was given up. */
export function WebhookDetails({ id, back, showSecret }: Props) {
  const webhook = useLoaded(() => programs.webhook(id));
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const refresh = () => programs.webhook(id).then(webhook.setValue, () => undefined);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), refreshEvery);
    return () => clearInterval(timer);
  }, [id]);

  /** Does it, says what came of it, and shows how things are now. */
  const act = async (what: () => Promise<string>) => {
    try {
      notify(await what());
    } catch (error) {
      notify((error as Error).message);
    }
    await refresh();
  };

  return (
    <section class="panel">
      <button type="button" class="button is-bare" onClick={back}>
        <Icon name="back" size={15} />
        All webhooks
      </button>
      <Loaded of={webhook}>
        {(one) => {
          const { endpoint } = one;
          const form = { url: endpoint.url, events: endpoint.events, description: endpoint.description ?? "", paused: endpoint.paused };
          const rolled = async () => {
            const { secret } = await programs.newSecret(id);
            showSecret(secret);
            return "For a day messages are signed with the old secret too.";
          };
          const tested = async () => {
            const sent = await programs.test(id);
            return sent.accepted ? `Taken: ${sent.status} in ${sent.milliseconds} ms.` : `Not taken. ${sent.error ?? ""}`;
          };
          const paused = async () => {
            await programs.changeWebhook(id, { ...form, paused: !endpoint.paused });
            return endpoint.paused ? "It goes on, with what it missed." : "Paused. What happens meanwhile is sent when it goes on.";
          };
          const resumed = async () => {
            await programs.resume(id);
            return "Trying again now.";
          };
          return (
            <>
              <div class="webhook-head">
                <h2>{endpoint.description || endpoint.url}</h2>
                <Health of={one} />
              </div>
              {endpoint.description && <p class="webhook-url">{endpoint.url}</p>}
              <State of={one} />
              <div class="webhook-actions">
                <button type="button" class="button" onClick={() => void act(tested)}>
                  Send test event
                </button>
                {(one.health === "suspended" || one.health === "failing") && (
                  <button type="button" class="button" onClick={() => void act(resumed)}>
                    Try again now
                  </button>
                )}
                <button type="button" class="button" onClick={() => void act(paused)}>
                  {endpoint.paused ? "Go on" : "Pause"}
                </button>
                <button type="button" class="button" onClick={() => setEditing(true)}>
                  Change
                </button>
                <button type="button" class="button" onClick={() => void act(rolled)}>
                  New secret
                </button>
                <button type="button" class="button is-danger" onClick={() => setRemoving(true)}>
                  Remove
                </button>
              </div>
              <GivenUp
                letters={one.deadLetters ?? []}
                replay={(ids) => void act(async () => (await programs.replay(id, ids)).count > 0 ? "Sending again." : "They are being sent already.")}
                discard={(ids) => void act(async () => `${(await programs.discard(id, ids)).count} forgotten.`)}
              />
              <Recent deliveries={one.recent ?? []} />
              {editing && (
                <EndpointDialog
                  endpoint={endpoint}
                  close={() => setEditing(false)}
                  save={async (changed) => {
                    await programs.changeWebhook(id, changed);
                    setEditing(false);
                    await refresh();
                  }}
                />
              )}
              {removing && (
                <Ask
                  label="Remove the webhook"
                  title="Remove this webhook?"
                  lead="It is told nothing more, and what was given up is forgotten."
                  action="Remove"
                  go={() => void programs.removeWebhook(id).then(back, (error: Error) => notify(error.message))}
                  close={() => setRemoving(false)}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function State({ of }: { of: Webhook }) {
  const facts: [string, string][] = [
    ["Delivered", String(of.delivered)],
    ["Waiting", of.waiting === 0 ? "nothing" : `${of.waiting} ${of.waiting === 1 ? "conversation" : "conversations"}`],
  ];
  if (of.failingSince) facts.push(["Failing for", lengthOf(now.value - new Date(of.failingSince).getTime())]);
  if (of.nextTryAt) facts.push(["Next try", new Date(of.nextTryAt).getTime() <= now.value ? "now" : fullTime(of.nextTryAt)]);
  return (
    <>
      {of.reason && (
        <p class="form-error" role="note">
          Suspended: {of.reason} Nothing is lost; it is sent when you try again.
        </p>
      )}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface GivenUpProps {
  letters: DeadLetter[];
  /** All when none is named. */
  replay(ids?: string[]): void;
  discard(ids?: string[]): void;
}

function GivenUp({ letters, replay, discard }: GivenUpProps) {
  if (letters.length === 0) return null;
  return (
    <>
      <div class="panel-head is-sub">
        <h3>Given up after a day ({letters.length})</h3>
        <span>
          <button type="button" class="button" onClick={() => replay()}>
            Send all again
          </button>{" "}
          <button type="button" class="button is-danger" onClick={() => discard()}>
            Forget all
          </button>
        </span>
      </div>
      <ul class="list">
        {letters.map((letter) => (
          <li key={letter.eventId} class="list-row is-key">
            <span>
              <b>{letter.type}</b>
              <small>
                <a href={`#/c/${encodeURIComponent(letter.conversationId)}`}>Conversation</a> · {fullTime(letter.at)} · {letter.attempts} attempts
              </small>
              <small class="is-danger">{letter.error}</small>
            </span>
            <button type="button" class="button" aria-label={`Send ${letter.eventId} again`} onClick={() => replay([letter.eventId])}>
              Send again
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Recent({ deliveries }: { deliveries: Delivery[] }) {
  return (
    <>
      <div class="panel-head is-sub">
        <h3>Newest attempts</h3>
      </div>
      {deliveries.length === 0 && <p class="lead">None yet.</p>}
      <ul class="list is-dense">
        {deliveries.map((one) => (
          <li key={`${one.eventId} ${one.attempt} ${one.at}`}>
            <details class="attempt">
              <summary>
                <span class={`attempt-status ${one.accepted ? "is-ok" : "is-danger"}`}>{one.status ?? "—"}</span>
                <span class="attempt-type">
                  {one.type}
                  {one.error && <small class="is-danger"> · {one.error}</small>}
                </span>
                <small>{one.attempt > 1 ? `attempt ${one.attempt}` : ""}</small>
                <small>{one.milliseconds} ms</small>
                <small>{ago(one.at, now.value)}</small>
              </summary>
              <p>
                <code>{one.eventId}</code> · {fullTime(one.at)}
              </p>
              {one.error && <p class="is-danger">{one.error}</p>}
              {one.response ? <pre tabIndex={0} aria-label="Answer">{one.response}</pre> : one.status != null && <p>The answer had no body.</p>}
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
