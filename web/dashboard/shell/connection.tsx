import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";

const online = signal(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** A short loss heals before anybody needs to know. */
const graceBeforeTelling = 1_500;

/** The line over everything when there is no connection. It lies over the screen: nothing moves when it comes. */
export function ConnectionLine({ desk }: { desk: Desk }) {
  const away = desk.wire.state.value !== "connected" || !online.value;
  const [told, setTold] = useState(false);
  const [wasThere, setWasThere] = useState(false);
  if (!away && !wasThere) setWasThere(true);
  useEffect(() => {
    if (!away) return setTold(false);
    const timer = setTimeout(() => setTold(true), online.value ? graceBeforeTelling : 0);
    return () => clearTimeout(timer);
  }, [away, online.value]);
  const waiting = desk.outbox.items.value.filter((item) => item.state === "waiting" || item.state === "sending").length;
  return (
    <div class="connection-place" role="status" aria-live="polite">
      {told && (
        <p class="connection">
          <i aria-hidden="true" />
          {!online.value ? "You are offline." : wasThere ? "Reconnecting…" : "Connecting…"}{" "}
          {waiting > 0 ? `${waiting} ${waiting === 1 ? "message waits" : "messages wait"} on this device and will be sent.` : wasThere && "Your messages are kept."}
        </p>
      )}
    </div>
  );
}
