import { useState } from "preact/hooks";
import { newId } from "@livesupport/shared/ids.ts";
import type { Article } from "../api.ts";
import type { Desk } from "../desk.ts";
import { Field } from "../shell/field.tsx";
import { Icon } from "../shell/icons.tsx";
import { Editor } from "./editor.tsx";
import { Loaded, useLoaded } from "./loaded.tsx";

/** What the bot knows. */
export function Articles({ desk, admin }: { desk: Desk; admin: boolean }) {
  const articles = useLoaded(desk.api.articles);
  const [typed, setTyped] = useState("");
  const [edited, setEdited] = useState<Article | null>(null);
  return (
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>Help articles</h2>
          <p class="lead">The bot answers from them, and names the one that it used.</p>
        </div>
        {admin && (
          <button type="button" class="button is-primary" onClick={() => setEdited({ id: newId(), title: "", markdown: "", url: null })}>
            <Icon name="plus" size={15} />
            New article
          </button>
        )}
      </div>
      <Loaded of={articles}>
        {(all) => {
          const needle = typed.trim().toLocaleLowerCase();
          const shown = all
            .filter((article) => `${article.title} ${article.markdown}`.toLocaleLowerCase().includes(needle))
            .sort((a, b) => a.title.localeCompare(b.title));
          return (
            <>
              <div class="field">
                <input type="search" aria-label="Find an article" placeholder="Find an article" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
              </div>
              {shown.length === 0 && (
                <div class="empty">
                  <strong>{all.length === 0 ? "No articles yet" : "No article fits"}</strong>
                  <p>{all.length === 0 ? "Without articles the bot offers a person for every question." : "Try another word."}</p>
                </div>
              )}
              <ul class="list">
                {shown.map((article) => (
                  <li key={article.id}>
                    <button type="button" class="list-row" onClick={() => setEdited(article)}>
                      <span>
                        <b>{article.title}</b>
                        <small>{firstWords(article.markdown)}</small>
                      </span>
                      <small>{article.url}</small>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
      {edited && <ArticleEditor key={edited.id} desk={desk} admin={admin} article={edited} close={() => setEdited(null)} changed={articles.reload} />}
    </section>
  );
}

const firstWords = (markdown: string): string => markdown.replace(/^#+.*$/gm, "").replace(/[*_`>#]/g, "").trim().slice(0, 120);

interface EditorProps {
  desk: Desk;
  admin: boolean;
  article: Article;
  close(): void;
  changed(): void;
}

function ArticleEditor({ desk, admin, article, close, changed }: EditorProps) {
  const [edited, setEdited] = useState(article);
  return (
    <Editor
      what="article"
      isNew={article.title === ""}
      mayChange={admin}
      save={() => desk.api.saveArticle({ ...edited, url: edited.url?.trim() || null })}
      saved="Saved. The bot knows it from now on."
      remove={() => desk.api.removeArticle(article.id)}
      removed={`“${article.title}” is removed.`}
      close={close}
      changed={changed}
    >
      <Field label="Title" required maxLength={200} value={edited.title} change={(title) => setEdited({ ...edited, title })} />
      <Field label="Address" hint="Where visitors can read it. May be empty." value={edited.url ?? ""} change={(url) => setEdited({ ...edited, url })} />
      <Field label="Text, in Markdown" rows={12} required value={edited.markdown} change={(markdown) => setEdited({ ...edited, markdown })} />
    </Editor>
  );
}
