import { useEffect, useState } from "preact/hooks";
import { ConversationPane, NothingOpen } from "./conversation/conversation.tsx";
import type { Desk } from "./desk.ts";
import { OperationsPage } from "./operations/page.tsx";
import { QueuePane } from "./queue/queue.tsx";
import { Palette } from "./search/palette.tsx";
import { SettingsPage } from "./settings/settings.tsx";
import { ConnectionLine } from "./shell/connection.tsx";
import { listen } from "./shell/keyboard.ts";
import { NewVersionLine } from "./shell/new-version.tsx";
import { NoticeLine } from "./shell/notice.tsx";
import { place } from "./shell/place.ts";
import { Rail } from "./shell/rail.tsx";
import { Shortcuts } from "./shell/shortcuts.tsx";
import { read, write } from "./shell/storage.ts";

const rememberedInsights = "livesupport.insights";
const wide = matchMedia("(min-width: 1200px)");
const narrow = matchMedia("(max-width: 899px)");

/** Everything that a signed-in agent sees. */
export function Screen({ desk, signOut }: { desk: Desk; signOut(): void }) {
  const [over, setOver] = useState<"search" | "shortcuts" | null>(null);
  const [insights, setInsights] = useState(wide.matches && (read<boolean>(rememberedInsights) ?? true));
  const [oneColumn, setOneColumn] = useState(narrow.matches);
  const here = place.value;
  const id = here.at === "conversation" ? here.id : null;

  useEffect(() => listen({ desk, openPalette: () => setOver("search"), showShortcuts: () => setOver("shortcuts") }), [desk]);
  useEffect(() => {
    const unread = desk.queue.unread.value;
    document.title = unread > 0 ? `(${unread}) LiveSupport` : "LiveSupport";
  }, [desk.queue.unread.value]);
  // Where insights lie over the chat they do not follow into the next one.
  useEffect(() => {
    if (!wide.matches) setInsights(false);
  }, [id]);
  useEffect(() => {
    const changed = () => {
      setInsights(wide.matches && (read<boolean>(rememberedInsights) ?? true));
      setOneColumn(narrow.matches);
    };
    wide.addEventListener("change", changed);
    narrow.addEventListener("change", changed);
    return () => {
      wide.removeEventListener("change", changed);
      narrow.removeEventListener("change", changed);
    };
  }, []);

  const toggleInsights = () => {
    if (wide.matches) write(rememberedInsights, !insights);
    setInsights(!insights);
  };

  return (
    <div class={`screen is-at-${here.at} ${insights && id ? "has-insights" : ""}`}>
      <ConnectionLine desk={desk} />
      <NewVersionLine desk={desk} />
      <Rail desk={desk} signOut={signOut} showShortcuts={() => setOver("shortcuts")} />
      {here.at === "settings" ? (
        <SettingsPage desk={desk} section={here.section} />
      ) : here.at === "operations" ? (
        <OperationsPage desk={desk} conversation={here.conversation} />
      ) : (
        <>
          <QueuePane
            desk={desk}
            openId={id}
            search={() => setOver("search")}
            alone={oneColumn && id === null}
          />
          {desk.open.value ? (
            <ConversationPane desk={desk} insightsOpen={insights} toggleInsights={toggleInsights} />
          ) : (
            <NothingOpen />
          )}
        </>
      )}
      <NoticeLine />
      {over === "search" && <Palette desk={desk} close={() => setOver(null)} showShortcuts={() => setOver("shortcuts")} />}
      {over === "shortcuts" && <Shortcuts close={() => setOver(null)} />}
    </div>
  );
}
