import { useState } from "preact/hooks";
import { Field } from "../shell/field.tsx";
import { Choices } from "./choices.tsx";
import { FormDialog } from "./form-dialog.tsx";
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
  const send = async () => {
    if (form.events.length === 0) throw new Error("Choose what to tell.");
    await save(form);
  };
  return (
    <FormDialog title={endpoint ? "Change the webhook" : "New webhook"} submit={endpoint ? "Save" : "Make the webhook"} send={send} close={close}>
      <div class="editor-fields">
        <Field label="Address" hint="https, on the open internet" required maxLength={2000} value={form.url} change={(url) => setForm({ ...form, url })} />
        <Field label="Description" hint="May be empty" maxLength={200} value={form.description} change={(description) => setForm({ ...form, description })} />
        <Choices legend="Tell it when" all={events} chosen={form.events} change={(chosen) => setForm({ ...form, events: chosen })} />
      </div>
    </FormDialog>
  );
}
