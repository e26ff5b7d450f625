import { useState } from "preact/hooks";
import { Dialog } from "../shell/dialog.tsx";
import { Field } from "../shell/field.tsx";
import { Choices } from "./choices.tsx";
import { events, type Endpoint, type EndpointForm, type Webhook } from "./programs.ts";

const words: Record<Webhook["health"], string> = { ok: "Works", failing: "Failing", paused: "Paused", suspended: "Suspended" };

export const Health = ({ of }: { of: Webhook }) =>
  of.health === "ok" && of.delivered === 0 ? (
    <small class="health is-new">Nothing sent yet</small>
  ) : (
    <small class={`health is-${of.health}`}>{words[of.health]}</small>
  );

interface DialogProps {
  endpoint?: Endpoint;
  close(): void;
  /** Throws what the server refuses. */
  save(form: EndpointForm): Promise<void>;
}

export function EndpointDialog({ endpoint, close, save }: DialogProps) {
  const [form, setForm] = useState<EndpointForm>({
    url: endpoint?.url ?? "",
    events: endpoint?.events ?? [],
    description: endpoint?.description ?? "",
    paused: endpoint?.paused ?? false,
  });
  const [refused, setRefused] = useState<string | null>(null);
  const title = endpoint ? "Change the webhook" : "New webhook";
  const submit = async (event: Event) => {
    event.preventDefault();
    setRefused(null);
    if (form.events.length === 0) return setRefused("Choose what to tell.");
    try {
      await save(form);
    } catch (error) {
      setRefused((error as Error).message);
    }
  };
  return (
    <Dialog label={title} class="editor" close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2>{title}</h2>
        <div class="editor-fields">
          <Field label="Address" hint="https, on the open internet" required maxLength={2000} value={form.url} change={(url) => setForm({ ...form, url })} />
          <Field label="Description" hint="May be empty" maxLength={200} value={form.description} change={(description) => setForm({ ...form, description })} />
          <Choices legend="Tell it when" all={events} chosen={form.events} change={(chosen) => setForm({ ...form, events: chosen })} />
        </div>
        <p class="form-error" role="alert">
          {refused}
        </p>
        <div class="panel-foot">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button is-primary">
            {endpoint ? "Save" : "Make the webhook"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
