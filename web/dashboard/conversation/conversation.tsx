import { isErased } from "@livesupport/shared/reducer.ts";
import { useDrop } from "@livesupport/shared/attachments/drop.ts";
import { Composer } from "../composer/composer.tsx";
import type { Desk } from "../desk.ts";
import { Insights } from "../insights/insights.tsx";
import { useVisitor } from "../insights/visitor.ts";
import { Header } from "./header.tsx";
import { Transcript } from "./transcript.tsx";
import "./conversation.css";

interface Props {
  desk: Desk;
  insightsOpen: boolean;
  toggleInsights(): void;
}

/** The chat and, behind the info icon, what is known of the customer. */
export function ConversationPane({ desk, insightsOpen, toggleInsights }: Props) {
  const open = desk.open.value!;
  const { conversation, writing } = open;
  const snapshot = conversation.snapshot.value;
  const drop = useDrop((files) => writing.uploads.peek().add(files));
  const erased = isErased(snapshot);
  const visitor = useVisitor(desk, erased ? null : (snapshot?.summary.visitor.id ?? null));
  return (
    <>
      <main class={`conversation ${drop.over ? "is-dropping" : ""}`} aria-label="Conversation" {...drop.handlers}>
        <Header
          desk={desk}
          snapshot={snapshot}
          visitor={visitor.visitor}
          writing={writing}
          insightsOpen={insightsOpen}
          toggleInsights={toggleInsights}
        />
        <Transcript key={conversation.id} desk={desk} conversation={conversation} writing={writing} />
        {!conversation.refused.value && !erased && <Composer desk={desk} writing={writing} id={conversation.id} />}
      </main>
      {insightsOpen && (
        <Insights
          desk={desk}
          summary={snapshot?.summary ?? null}
          erased={erased}
          visitor={visitor.visitor}
          failed={visitor.failed}
          retry={visitor.retry}
          close={toggleInsights}
        />
      )}
    </>
  );
}

export const NothingOpen = () => (
  <main class="conversation is-empty" aria-label="Conversation">
    <div class="empty">
      <strong>No conversation open</strong>
      <p>Choose one from the list, or press <kbd>Alt J</kbd> for the next one.</p>
    </div>
  </main>
);
