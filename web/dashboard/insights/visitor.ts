import { useEffect, useRef, useState } from "preact/hooks";
import type { Visitor } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";

interface Known {
  visitor: Visitor | null;
  failed: string | null;
  retry(): void;
}

/** The server asks the providers anew when somebody looks and what it has is old: this is how often an open panel looks. */
const LookEvery = 60_000;

/** What is known of a visitor, kept current by what the hub tells. */
export function useVisitor(desk: Desk, id: string | null): Known {
  const [known, setKnown] = useState<{ id: string; visitor: Visitor | null; failed: string | null } | null>(null);
  const [turn, setTurn] = useState(0);
  const shown = useRef<Visitor | null>(null);
  useEffect(() => {
    if (!id) return;
    let gone = false;
    desk.api.visitor(id).then(
      (visitor) => !gone && setKnown({ id, visitor, failed: null }),
      (error: Error) => !gone && setKnown({ id, visitor: null, failed: error.message }),
    );
    const off = desk.onVisitor((event) => {
      // Cards of the new address have to be asked for: nobody sends what nobody has looked at.
      if (event.kind !== "presence" && event.visitor.id === id && shown.current?.id === id && isAnother(shown.current, event.visitor))
        setTurn((turn) => turn + 1);
      setKnown((now) => {
        if (!now?.visitor) return now;
        if (event.kind === "presence")
          return event.visitorId === id ? { ...now, visitor: { ...now.visitor, online: event.online } } : now;
        if (event.visitor.id !== id) return now;
        return { ...now, visitor: merged(now.visitor, event.visitor) };
      });
    });
    const look = setInterval(() => {
      if (document.visibilityState === "hidden") return;
      desk.api.visitor(id).then(
        (visitor) => !gone && setKnown({ id, visitor, failed: null }),
        // What is on the screen stays there; the connection says for itself that it is gone.
        () => {},
      );
    }, LookEvery);
    return () => {
      gone = true;
      off();
      clearInterval(look);
    };
  }, [id, turn]);
  const current = known?.id === id ? known : null;
  shown.current = current?.visitor ?? null;
  return { visitor: current?.visitor ?? null, failed: current?.failed ?? null, retry: () => setTurn(turn + 1) };
}

/** Each card comes when its provider has answered; the others stay as they are, unless they are of another address. */
export const merged = (visitor: Visitor, news: Partial<Visitor>): Visitor => ({
  ...visitor,
  ...news,
  integrations: { ...(isAnother(visitor, news) ? {} : visitor.integrations), ...news.integrations },
});

const isAnother = (visitor: Visitor, news: Partial<Visitor>): boolean =>
  news.email !== undefined && news.email?.toLowerCase() !== visitor.email?.toLowerCase();
