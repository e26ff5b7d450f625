import { useEffect } from "preact/hooks";
import type { AgentHub } from "@livesupport/shared/protocol.ts";
import { assignees } from "../conversation/assignees.ts";
import { snoozeItems } from "../conversation/snooze.ts";
import type { Desk } from "../desk.ts";
import { Icon } from "../shell/icons.tsx";
import { layer } from "../shell/layers.ts";
import { Menu } from "../shell/menu.tsx";
import { notify } from "../shell/notice.tsx";
import { untilWhen } from "../shell/time.ts";
import { many } from "./many.ts";

type Method = Extract<keyof AgentHub, "Assign" | "Snooze" | "Solve" | "Reopen">;

/** In the place of the filters while conversations are ticked: what can be done to all of them. */
export function TickedBar({ desk }: { desk: Desk }) {
  const { ticked } = desk.queue;
  const { work } = ticked;
  const rows = ticked.rows.value;
  useEffect(() => {
    const close = () => {
      ticked.work.peek()?.stop();
      ticked.clear();
    };
    return layer(close);
  }, [ticked]);

  /** `done` is "solved" of "3 solved." */
  const all = async <M extends Method>(
    doing: string,
    done: string,
    ids: string[],
    method: M,
    args: (id: string) => Parameters<AgentHub[M]>,
    undoable = false,
  ): Promise<void> => {
    if (desk.wire.state.value !== "connected") return notify("Not connected. This needs the server.");
    const stop = new AbortController();
    const working = { doing, done: 0, of: ids.length, stop: () => stop.abort() };
    work.value = working;
    const outcome = await many(ids, (id) => desk.wire.invoke(method, ...args(id)), (count) => (work.value = { ...working, done: count }), stop.signal);
    work.value = null;
    for (const id of outcome.done) if (ticked.has(id)) ticked.toggle(id);
    const left = ids.length - outcome.done.length;
    const rest = left ? ` ${left} not${outcome.why ? `: ${outcome.why}` : "."}` : "";
    notify(`${outcome.done.length} ${done}.${rest}`, undoable && outcome.done.length > 0 ? { label: "Reopen", run: () => void reopen(outcome.done) } : undefined);
  };
  const reopen = (ids: string[]) => all("Reopening", "reopened", ids, "Reopen", (id) => [id]);

  if (work.value) {
    const { doing, done, of, stop } = work.value;
    return (
      <div class="ticked" role="status">
        <span class="ticked-count">
          {doing} {done} of {of}
        </span>
        <progress max={of} value={done} aria-label={doing} />
        <button type="button" class="button is-small" onClick={stop}>
          Stop
        </button>
      </div>
    );
  }
  const open = rows.filter((row) => row.status !== "solved").map((row) => row.id);
  const assign = (agentId: string | null) =>
    void all("Assigning", agentId ? `assigned to ${nameOf(desk, agentId)}` : "assigned to nobody", open, "Assign", (conversationId) => [{ conversationId, agentId }]);
  const snooze = (until: string) => void all("Snoozing", `snoozed ${untilWhen(until)}`, open, "Snooze", (conversationId) => [{ conversationId, until }]);
  return (
    <div class="ticked" role="toolbar" aria-label="Selected conversations">
      <span class="ticked-count" role="status">
        {rows.length} selected
      </span>
      {open.length > 0 ? (
        <>
          <Menu label="Assign selected" class="button is-icon is-small" heading="Assign to" items={assignees(desk, undefined, assign)}>
            <Icon name="person" size={16} />
          </Menu>
          <Menu label="Snooze selected" class="button is-icon is-small" heading="Snooze" items={snoozeItems(snooze)}>
            <Icon name="clock" size={16} />
          </Menu>
          <button type="button" class="button is-primary is-small" onClick={() => void all("Solving", "solved", open, "Solve", (id) => [id], true)}>
            Solve
          </button>
        </>
      ) : (
        <button type="button" class="button is-small" onClick={() => void reopen(rows.map((row) => row.id))}>
          Reopen
        </button>
      )}
      <button type="button" class="button is-icon is-bare is-small" aria-label="Clear selection" title="Clear selection (Esc)" onClick={() => ticked.clear()}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

const nameOf = (desk: Desk, id: string): string => (id === desk.me.peek().id ? "you" : (desk.agents.peek().find((agent) => agent.id === id)?.name ?? "a colleague"));
