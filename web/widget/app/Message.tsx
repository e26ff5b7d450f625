import { Files, type FileSource } from "@livesupport/shared/attachments/Files.tsx";
import type { Entry } from "@livesupport/shared/protocol.ts";
import { linkify, safeUrl } from "@livesupport/shared/text.ts";

/** What was said, as text; only addresses that `safeUrl` lets through become links. */
export function Message({ entry, mine, files }: { entry: Pick<Entry, "text" | "sources" | "attachments">; mine: boolean; files: FileSource }) {
  return (
    <div class={mine ? "bubble mine" : "bubble theirs"} dir="auto">
      {entry.text && (
        <div>
          <Text text={entry.text} />
        </div>
      )}
      {entry.attachments?.length ? <Files files={entry.attachments} source={files} /> : null}
      {entry.sources?.map((source) => {
        const href = safeUrl(source.url);
        return (
          <div key={source.title} class="source">
            {href ? <SafeLink href={href} text={source.title} /> : source.title}
          </div>
        );
      })}
    </div>
  );
}

function Text({ text }: { text: string }) {
  return <>{linkify(text).map((piece) => (typeof piece === "string" ? piece : <SafeLink {...piece} />))}</>;
}

function SafeLink({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {text}
    </a>
  );
}
