import { useEffect, useState } from "preact/hooks";
import type { Visitor } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";

interface Known {
  visitor: Visitor | null;
  failed: string | null;
  retry(): void;
}

/** What is known of a visitor, kept current by what the hub tells. */
export function useVisitor(desk: Desk, id: string | null): Known {
  const [known, setKnown] = useState<{ id: string; visitor: Visitor | null; failed: string | null } | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!id) return;
    let gone = false;
    desk.api.visitor(id).then(
      (visitor) => !gone && setKnown({ id, visitor, failed: null }),
      (error: Error) => !gone && setKnown({ id, visitor: null, failed: error.message }),
    );
    const off = desk.onVisitor((event) => {
      setKnown((now) => {
        if (!now?.visitor) return now;
        if (event.kind === "presence")
          return event.visitorId === id ? { ...now, visitor: { ...now.visitor, online: event.online } } : now;
        return event.visitor.id === id ? { ...now, visitor: merged(now.visitor, event.visitor) } : now;
      });
    });
    return () => {
      gone = true;
      off();
    };
  }, [id, turn]);
  const current = known?.id === id ? known : null;
  return { visitor: current?.visitor ?? null, failed: current?.failed ?? null, retry: () => setTurn(turn + 1) };
}

/** Each card comes when its provider has answered; the others stay as they are. */
const merged = (visitor: Visitor, news: Partial<Visitor>): Visitor => ({
  ...visitor,
  ...news,
  integrations: { ...visitor.integrations, ...news.integrations },
});
