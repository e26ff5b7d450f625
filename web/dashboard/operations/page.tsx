import { useState } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { useLate } from "../shell/late.ts";
import { go } from "../shell/place.ts";
import { ConversationStory } from "./story.tsx";
import { useLive } from "./live.ts";
import { duration, rate, share, size, span, sparkline } from "./numbers.ts";
import { loadInside, type GrainUse, type Inside, type Process } from "./operations.ts";
import "./operations.css";

const everySeconds = 3;

/** For administrators: how the system does, and what happened to one conversation. */
export function OperationsPage({ desk, conversation }: { desk: Desk; conversation?: string | undefined }) {
  if (desk.me.value.role !== "admin")
    return (
      <main class="operations">
        <div class="empty" role="note">
          <strong>Only administrators see this page</strong>
          <p>Ask one of them if something seems wrong.</p>
        </div>
      </main>
    );
  return (
    <main class="operations" tabIndex={-1}>
      {conversation ? <ConversationStory key={conversation} id={conversation} desk={desk} /> : <Overview />}
    </main>
  );
}

function Overview() {
  const { value, failed, at, reload } = useLive(loadInside, everySeconds);
  const late = useLate(value === null && !failed);
  return (
    <div class="operations-body">
      <header class="operations-head">
        <div>
          <h1>Operations</h1>
          <p class="lead">{value ? summary(value) : "How the system does, live"}</p>
        </div>
        <FindConversation />
      </header>
      {failed && value && (
        <p class="operations-stale" role="status">
          Not up to date: {failed} This is from {new Date(at).toLocaleTimeString("en-GB")}.
        </p>
      )}
      {failed && !value && (
        <div class="empty" role="alert">
          <strong>This did not load</strong>
          <p>{failed}</p>
          <button type="button" class="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {!value && !failed && late && <i class="bone is-block" role="status" aria-label="Loading" />}
      {value && (
        <>
          <Tiles inside={value} />
          <Processes inside={value} />
          <Stores processes={value.processes} />
          <Grains grains={value.grains} />
        </>
      )}
    </div>
  );
}

function summary({ engine, processes }: Inside): string {
  const alive = processes.filter((one) => !one.stale).length;
  const silent = processes.length - alive;
  return `${alive} ${alive === 1 ? "process" : "processes"} on the ${engine} engine${silent > 0 ? ` · ${silent} silent` : ""}`;
}

function FindConversation() {
  const [id, setId] = useState("");
  return (
    <form
      class="operations-find"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = id.trim();
        if (wanted) go({ at: "operations", conversation: wanted });
      }}
    >
      <input aria-label="Conversation id" placeholder="Conversation id" value={id} onInput={(event) => setId(event.currentTarget.value)} />
      <button type="submit" class="button">
        What happened?
      </button>
    </form>
  );
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const worst = (numbers: (number | undefined)[]): number | undefined => {
  const known = numbers.filter((one) => one !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
};

/** The processes' trends, one on the other, by their newest points. */
function together(processes: Process[], value: (point: Process["report"]["trend"][number]) => number, fold: (numbers: number[]) => number): number[] {
  const trends = processes.map((one) => one.report.trend);
  const length = Math.max(0, ...trends.map((trend) => trend.length));
  return Array.from({ length }, (_, i) =>
    fold(trends.flatMap((trend) => (trend.length >= length - i ? [value(trend[trend.length - (length - i)]!)] : []))),
  );
}

function Tiles({ inside }: { inside: Inside }) {
  const alive = inside.processes.filter((one) => !one.stale);
  const reports = alive.map((one) => one.report);
  const edges = reports.flatMap((report) => report.edge ?? []);
  const errors = sum(inside.grains.map((grain) => grain.errors));
  const most = (numbers: number[]) => Math.max(0, ...numbers);
  return (
    <section class="tiles" aria-label="Now">
      <Tile label="Messages / s" value={rate(sum(reports.map((report) => report.messagesPerSecond)))} trend={together(alive, (p) => p.messages, sum)} />
      <Tile
        label="Acknowledged, p99"
        value={duration(worst(edges.map((edge) => edge.send.p99)))}
        hint={`on screens ${duration(worst(edges.map((edge) => edge.lag.p99)))}`}
        trend={together(alive, (p) => p.ackP99 ?? 0, most)}
      />
      <Tile
        label="Open sockets"
        value={String(sum(edges.map((edge) => edge.agentSockets + edge.visitorSockets)))}
        hint={`agents ${sum(edges.map((edge) => edge.agentSockets))} · visitors ${sum(edges.map((edge) => edge.visitorSockets))}`}
      />
      <Tile
        label="Grain calls / s"
        value={rate(sum(inside.grains.map((grain) => grain.callsPerSecond)))}
        hint={errors > 0 ? `${errors} failed in the last minute` : "none failed"}
        bad={errors > 0}
        trend={together(alive, (p) => p.calls, sum)}
      />
      <Tile label="CPU, of a core" value={share(sum(reports.map((report) => report.cpu)))} trend={together(alive, (p) => p.cpu, sum)} />
    </section>
  );
}

const sparkWidth = 120;
const sparkHeight = 28;
const fewestPoints = 20;

function Tile({ label, value, hint, trend, bad }: { label: string; value: string; hint?: string; trend?: number[]; bad?: boolean }) {
  return (
    <div class="tile">
      <span>{label}</span>
      <b>{value}</b>
      {hint && <small class={bad ? "is-bad" : ""}>{hint}</small>}
      {trend && trend.length > 1 && (
        <svg class="spark" viewBox={`0 -1 ${sparkWidth} ${sparkHeight + 2}`} preserveAspectRatio="none" aria-hidden="true">
          <polyline points={sparkline(trend, sparkWidth, sparkHeight, Math.max(fewestPoints, trend.length))} />
        </svg>
      )}
    </div>
  );
}

function State({ process }: { process: Process }) {
  const { state } = process.report;
  const word = process.stale ? `silent for ${span(process.silentForSeconds)}` : state;
  return <span class={`pulse is-${process.stale ? "stale" : state}`}>{word}</span>;
}

const roles = { all: "Silo and edge", silo: "Silo", edge: "Edge" };

function Processes({ inside }: { inside: Inside }) {
  return (
    <section class="panel is-wide">
      <h2 id="processes">Processes</h2>
      {inside.problem && (
        <p class="form-error" role="status">
          {inside.problem}
        </p>
      )}
      {inside.processes.length === 0 ? (
        <p class="lead">None has reported yet; each does so every 5 seconds.</p>
      ) : (
        <div class="table-scroll" role="region" aria-labelledby="processes" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Process</th>
                <th scope="col">State</th>
                <th scope="col">Up</th>
                <th scope="col">CPU</th>
                <th scope="col">Memory</th>
                <th scope="col">Agents</th>
                <th scope="col">Visitors</th>
                <th scope="col">Leases</th>
                <th scope="col">Ack p50 / p99</th>
                <th scope="col">Lag p99</th>
                <th scope="col" title="In the last minute: something missed was fetched again">
                  Resyncs
                </th>
                <th scope="col" title="In the last minute: readers that were too slow">
                  Cut off
                </th>
                <th scope="col" title="Since the queue was last heard; a tick comes every 2 s">
                  Tick
                </th>
              </tr>
            </thead>
            <tbody>
              {inside.processes.map((process) => {
                const { report } = process;
                const { edge } = report;
                return (
                  <tr key={report.id} class={process.stale ? "is-stale" : ""}>
                    <th scope="row">
                      {report.name}
                      <small title={report.version}>
                        {roles[report.role]} · {report.version.split("+")[0]}
                      </small>
                    </th>
                    <td>
                      <State process={process} />
                    </td>
                    <td>{span((Date.parse(inside.at) - Date.parse(report.startedAt)) / 1_000)}</td>
                    <td>{share(report.cpu)}</td>
                    <td>{size(report.memory)}</td>
                    <td>{edge?.agentSockets ?? "–"}</td>
                    <td>{edge?.visitorSockets ?? "–"}</td>
                    <td>{edge?.leases ?? "–"}</td>
                    <td>{edge ? `${duration(edge.send.p50)} / ${duration(edge.send.p99)}` : "–"}</td>
                    <td>{duration(edge?.lag.p99)}</td>
                    <td>{edge?.resyncs ?? "–"}</td>
                    <td>{edge?.slowDisconnects ?? "–"}</td>
                    <td class={edge && edge.tickAge > 6 ? "is-bad" : ""}>{edge ? `${edge.tickAge.toFixed(1)} s` : "–"}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {inside.silos && inside.silos.length > 0 && (
        <p class="silos">
          <b>Silos</b>
          {inside.silos.map((silo) => (
            <span key={silo.address}>
              {silo.address} <span class={`pulse is-${silo.status === "active" ? "running" : silo.status === "dead" ? "stale" : "stopping"}`}>{silo.status}</span>{" "}
              {silo.status === "active" && `${silo.activations} grains`}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function Stores({ processes }: { processes: Process[] }) {
  const stores = processes.filter((one) => !one.stale && one.report.store);
  if (stores.length === 0) return null;
  return (
    <section class="panel is-wide">
      <h2>Store</h2>
      {stores.map(({ report }) => {
        const store = report.store!;
        return (
          <div key={report.id} class="store">
            <p>
              <b>{store.kind}</b> <small>{report.name}</small>
              <span class={`pulse is-${store.problem ? "stale" : "running"}`}>{store.problem ? "refuses writes" : "takes writes"}</span>
            </p>
            {store.problem && (
              <p class="form-error" role="alert">
                {store.problem}
              </p>
            )}
            <dl>
              <Fact term="Writes / s" value={rate(store.writesPerSecond)} />
              <Fact term="Commits / s" value={rate(store.commit.perSecond)} />
              <Fact term="Commit p50 / p99" value={`${duration(store.commit.p50)} / ${duration(store.commit.p99)}`} />
              <Fact term="Writes in a commit" value={store.batch === undefined ? "–" : store.batch.toFixed(1)} />
              <Fact term="Size" value={size(store.bytes)} />
            </dl>
          </div>
        );
      })}
    </section>
  );
}

export const Fact = ({ term, value }: { term: string; value: string }) => (
  <div>
    <dt>{term}</dt>
    <dd>{value}</dd>
  </div>
);

function Grains({ grains }: { grains: GrainUse[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section class="panel is-wide">
      <h2 id="grains">Grains</h2>
      <div class="table-scroll" role="region" aria-labelledby="grains" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Grain</th>
              <th scope="col">In memory</th>
              <th scope="col">Calls / s</th>
              <th scope="col">p50</th>
              <th scope="col">p99</th>
              <th scope="col">Failed in the last minute</th>
            </tr>
          </thead>
          <tbody>
            {grains.map((grain) => (
              <GrainRows key={grain.grain} grain={grain} open={open === grain.grain} toggle={() => setOpen(open === grain.grain ? null : grain.grain)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function GrainRows({ grain, open, toggle }: { grain: GrainUse; open: boolean; toggle(): void }) {
  return (
    <>
      <tr>
        <th scope="row">
          {grain.methods.length > 0 ? (
            <button type="button" class="disclose" aria-expanded={open} onClick={toggle}>
              {grain.grain}
            </button>
          ) : (
            <span class="disclose is-plain">{grain.grain}</span>
          )}
        </th>
        <td>{grain.activations}</td>
        <td>{rate(grain.callsPerSecond)}</td>
        <td>{duration(grain.p50)}</td>
        <td>{duration(grain.p99)}</td>
        <td class={grain.errors > 0 ? "is-bad" : ""}>{grain.errors}</td>
      </tr>
      {open &&
        grain.methods.map((method) => (
          <tr key={method.method} class="is-method">
            <th scope="row">{method.method}</th>
            <td />
            <td>{rate(method.calls.perSecond)}</td>
            <td>{duration(method.calls.p50)}</td>
            <td>{duration(method.calls.p99)}</td>
            <td class={method.errors > 0 ? "is-bad" : ""}>{method.errors}</td>
          </tr>
        ))}
    </>
  );
}
