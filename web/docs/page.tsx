import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { callsOf, curl, eventOf, find, rowsOf, type Call, type Document, type Row } from "./document.ts";

/** The description that this server gives of itself, for people. */
export function Page() {
  const [document, setDocument] = useState<Document | null>(null);
  const [failed, setFailed] = useState(false);
  const [typed, setTyped] = useState("");
  const load = () => {
    setFailed(false);
    fetch("/openapi/v1.json")
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status}`))))
      .then(setDocument, () => setFailed(true));
  };
  useEffect(load, []);
  // The sections come after the page: a link into it is followed once they are there.
  useEffect(() => {
    if (document && location.hash) window.document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [document]);

  if (!document) {
    return (
      <main class="docs-wait">
        {failed ? (
          <div role="alert">
            <h1>The description did not load</h1>
            <button type="button" class="docs-button" onClick={load}>
              Try again
            </button>
          </div>
        ) : (
          <p role="status">Loading…</p>
        )}
      </main>
    );
  }

  const event = eventOf(document);
  const all = [...callsOf(document), ...(event ? [event] : [])];
  const shown = find(all, typed);
  const tags = [...new Set(all.map((call) => call.tag))];
  return (
    <div class="docs">
      <aside class="docs-side">
        <p class="docs-brand">
          <a href="/">LiveSupport</a> <span>API</span>
        </p>
        <input
          type="search"
          class="docs-search"
          aria-label="Find a call"
          placeholder="Find a call"
          value={typed}
          onInput={(input) => setTyped(input.currentTarget.value)}
        />
        <nav aria-label="Calls">
          {tags.map((tag) => {
            const calls = shown.filter((call) => call.tag === tag);
            return calls.length === 0 ? null : (
              <section key={tag}>
                <h2>{tag}</h2>
                <ul>
                  {calls.map((call) => (
                    <li key={call.id}>
                      <a href={`#${call.id}`}>
                        <Method of={call.method} />
                        <span>{call.summary}</span>
                      </a>
                    </li>
                  ))}
                </ul>
              </section>
            );
          })}
          {shown.length === 0 && <p class="docs-none">No call fits. Try another word.</p>}
        </nav>
      </aside>
      <main class="docs-main">
        <header>
          <h1>API</h1>
          {(document.info.description ?? "").split(/\n\s*\n/).map((paragraph) => (
            <p key={paragraph}>
              <Words text={paragraph} />
            </p>
          ))}
          <p>
            The same as a document for tools: <a href="/openapi/v1.json">/openapi/v1.json</a>
          </p>
        </header>
        {shown.map((call) => (
          <Section key={call.id} call={call} document={document} />
        ))}
      </main>
    </div>
  );
}

function Section({ call, document }: { call: Call; document: Document }) {
  const answer = call.answer?.media;
  return (
    <section class="call" id={call.id} aria-labelledby={`${call.id}-name`}>
      <h2 id={`${call.id}-name`}>{call.summary}</h2>
      <p class="call-path">
        <Method of={call.method} />
        <code>{call.path}</code>
        {call.scope && (
          <span class="call-scope">
            needs <code>{call.scope}</code>
          </span>
        )}
      </p>
      {call.description && (
        <p>
          <Words text={call.description} />
        </p>
      )}
      <div class="call-body">
        <div>
          {call.parameters.length > 0 && (
            <>
              <h3>Parameters</h3>
              <dl class="members">
                {call.parameters.map((one) => (
                  <div key={one.name}>
                    <dt>
                      <code>{one.name}</code> <small>{`${one.in}, ${one.type}${one.required ? "" : ", optional"}`}</small>
                    </dt>
                    <dd>
                      <Words text={one.description} />
                    </dd>
                  </div>
                ))}
              </dl>
            </>
          )}
          {call.request && call.id !== "event" && (
            <>
              <h3>Body</h3>
              <Members rows={rowsOf(document, call.request.schema)} />
            </>
          )}
          {answer && (
            <>
              <h3>Answer, {call.answer!.status}</h3>
              <Members rows={rowsOf(document, answer.schema)} />
            </>
          )}
          {call.answer && !answer && call.id !== "event" && <h3>Answer, {call.answer.status}, {call.answer.isFile ? "a file’s bytes" : "without a body"}</h3>}
          {call.errors.length > 0 && (
            <details class="errors">
              <summary>Errors</summary>
              <ul>
                {call.errors.map((error) => (
                  <li key={error.status}>
                    <b>
                      {error.status} <code>{error.code}</code>
                    </b>
                    <span>{(error.example as { detail?: string } | undefined)?.detail}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
        <div class="samples">
          {call.id === "event" ? (
            <Sample title="What is sent" text={pretty(call.request?.example)} />
          ) : (
            <Sample title="curl" text={curl(call, location.origin)} />
          )}
          {answer?.example !== undefined && <Sample title="Answer" text={pretty(answer.example)} />}
        </div>
      </div>
    </section>
  );
}

function Members({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return null;
  return (
    <dl class="members">
      {rows.map((row) => (
        <div key={row.name}>
          <dt>
            <code>{row.name}</code> <small>{`${row.type}${row.required ? "" : ", optional"}`}</small>
          </dt>
          <dd>
            <Words text={row.description} />
            {row.rows.length > 0 && (
              <details>
                <summary>
                  Members of <code>{row.name}</code>
                </summary>
                <Members rows={row.rows} />
              </details>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Sample({ title, text }: { title: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <figure class="sample">
      <figcaption>
        {title}
        <button type="button" class="docs-button" aria-label={`Copy: ${title}`} onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </button>
      </figcaption>
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </figure>
  );
}

const Method = ({ of }: { of: string }) => <b class={`method is-${of.toLowerCase()}`}>{of}</b>;

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** `code` and **strong** of our own texts; everything else is text. */
function Words({ text }: { text: string }): ComponentChildren {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, at) =>
    part.startsWith("`") ? <code key={at}>{part.slice(1, -1)}</code> : part.startsWith("**") ? <strong key={at}>{part.slice(2, -2)}</strong> : part,
  );
}
