import { effect, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Agent } from "@livesupport/shared/protocol.ts";
import { SetUp, SignIn } from "./account/entrance.tsx";
import { api, ApiError } from "./api.ts";
import { Desk } from "./desk.ts";
import { Screen } from "./screen.tsx";
import { agentWire } from "./wire.ts";

type Phase =
  | { at: "starting" }
  | { at: "unreachable"; why: string }
  | { at: "set-up"; code: string }
  | { at: "signed-out"; why: string | null }
  | { at: "desk"; desk: Desk; stop(): void };

const signedOut = "You were signed out. Your drafts and unsent messages are kept.";

const setUpCode = (): string | null => (location.pathname === "/setup" ? new URLSearchParams(location.search).get("code") : null);

/** Who is there, and so which screen. */
export function App() {
  const [phase, setPhase] = useState<Phase>({ at: "starting" });

  /** `came`: by the door, not by a reload. Whoever signs in is there to answer. */
  const open = (me: Agent, came: boolean) => {
    // The session may have gone on under a new password, set in another tab.
    const wire = agentWire(() =>
      void api.me().then(
        () => wire.start(),
        () => setPhase({ at: "signed-out", why: signedOut }),
      ),
    );
    const desk = new Desk(me, api, wire);
    // A socket cannot say why it was refused; the session may have ended.
    const stopAsking = effect(() => {
      if (wire.state.value !== "waiting") return;
      api.me().catch((error: ApiError) => {
        if (error.status !== 401) return;
        stopAsking();
        wire.stop();
        setPhase({ at: "signed-out", why: signedOut });
      });
    });
    if (came) {
      const greet = effect(() => {
        if (wire.state.value !== "connected") return;
        void untracked(() => desk.setAvailability("online"));
        queueMicrotask(() => greet());
      });
    }
    wire.start();
    setPhase({ at: "desk", desk, stop: wire.stop });
  };
  const enter = async (came: boolean) => open(await api.me(), came);
  const start = () => {
    enter(false).catch((error: ApiError) => {
      if (error.status === 401) setPhase({ at: "signed-out", why: null });
      else setPhase({ at: "unreachable", why: error.message });
    });
  };
  useEffect(() => {
    const code = setUpCode();
    if (code) setPhase({ at: "set-up", code });
    else start();
  }, []);

  switch (phase.at) {
    case "starting":
      return null;
    case "unreachable":
      return (
        <main class="entrance">
          <div class="empty" role="alert">
            <strong>LiveSupport did not answer</strong>
            <p>{phase.why}</p>
            <button type="button" class="button" onClick={start}>
              Try again
            </button>
          </div>
        </main>
      );
    case "set-up":
      return (
        <SetUp
          code={phase.code}
          done={async () => {
            history.replaceState(null, "", "/");
            await enter(true);
          }}
        />
      );
    case "signed-out":
      return <SignIn done={() => enter(true)} reason={phase.why} />;
    case "desk": {
      const { desk, stop } = phase;
      const signOut = async () => {
        // Whoever goes by the door answers no more; visitors are told whether anybody does.
        await desk.wire.invoke("SetAvailability", "offline").catch(() => {});
        stop();
        await api.signOut().catch(() => {});
        setPhase({ at: "signed-out", why: null });
      };
      return <Screen desk={desk} signOut={() => void signOut()} />;
    }
  }
}
