import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";

/** A short loss heals before anybody needs to know. */
const graceBeforeTelling = 1_500;

/** The line over everything when there is no connection. It lies over the screen: nothing moves when it comes. */
export function ConnectionLine({ desk }: { desk: Desk }) {
  const away = desk.wire.state.value !== "connected";
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (!away) return setTold(false);
    const timer = setTimeout(() => setTold(true), navigator.onLine ? graceBeforeTelling : 0);
    return () => clearTimeout(timer);
  }, [away]);
  const waiting = desk.outbox.items.value.filter((item) => item.state === "waiting" || item.state === "sending").length;
  return (
    <div class="connection-place" role="status" aria-live="polite">
      {told && (
        <p class="connection">
          <i aria-hidden="true" />
          {navigator.onLine ? "Reconnecting…" : "You are offline."}{" "}
          {waiting > 0 ? `${waiting} ${waiting === 1 ? "message waits" : "messages wait"} on this device and will be sent.` : "Your messages are kept."}
        </p>
      )}
    </div>
  );
}
