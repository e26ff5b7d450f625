import { useState } from "preact/hooks";
import { Icon } from "../shell/icons.tsx";
import { EndpointDialog, Health } from "./endpoint.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";
import { programs, type Webhook } from "./programs.ts";
import { ShownOnce } from "./shown-once.tsx";
import { WebhookDetails } from "./webhook-details.tsx";
import "./programs.css";

/** Where we tell what happens. */
export function Webhooks() {
  const webhooks = useLoaded(programs.webhooks);
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const back = () => {
    setOpen(null);
    webhooks.reload();
  };
  return (
    <>
      {open ? (
        <WebhookDetails key={open} id={open} back={back} showSecret={setSecret} />
      ) : (
        <section class="panel">
          <div class="panel-head">
            <div>
              <h2>Webhooks</h2>
              <p class="lead">
                Your programs are told what happens here, signed and in order.{" "}
                <a href="/docs/api#event" target="_blank" rel="noreferrer">
                  How to receive them
                </a>
              </p>
            </div>
            <button type="button" class="button is-primary" onClick={() => setAdding(true)}>
              <Icon name="plus" size={15} />
              New webhook
            </button>
          </div>
          <Loaded of={webhooks}>
            {(all) => (
              <>
                {all.length === 0 && (
                  <div class="empty">
                    <strong>No webhooks yet</strong>
                    <p>Give an address, and it is called whenever something happens.</p>
                  </div>
                )}
                <ul class="list">
                  {all.map((one) => (
                    <li key={one.endpoint.id}>
                      <button type="button" class="list-row" onClick={() => setOpen(one.endpoint.id)}>
                        <span>
                          <b>{one.endpoint.description || one.endpoint.url}</b>
                          <small>{summaryOf(one)}</small>
                        </span>
                        <Health of={one} />
                      </button>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Loaded>
        </section>
      )}
      {adding && (
        <EndpointDialog
          close={() => setAdding(false)}
          save={async (form) => {
            const made = await programs.makeWebhook(form);
            setAdding(false);
            setSecret(made.secret);
            webhooks.reload();
          }}
        />
      )}
      {secret && (
        <ShownOnce
          title="The webhook’s secret"
          lead="Your program checks the signature of each message with it. Copy it now; it cannot be shown again."
          secret={secret}
          close={() => setSecret(null)}
        />
      )}
    </>
  );
}

const summaryOf = ({ endpoint, delivered, waiting, givenUp }: Webhook): string =>
  [
    `${endpoint.events.length} ${endpoint.events.length === 1 ? "event" : "events"}`,
    `${delivered} delivered`,
    waiting > 0 ? `${waiting} waiting` : null,
    givenUp > 0 ? `${givenUp} given up` : null,
    endpoint.description ? endpoint.url : null,
  ]
    .filter(Boolean)
    .join(" · ");
