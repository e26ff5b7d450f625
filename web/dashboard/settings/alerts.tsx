import { chime } from "@livesupport/shared/chime.ts";
import { useState } from "preact/hooks";
import { permission, wishes, type Permission } from "../shell/alerts.ts";

const Hints: Record<Permission, string> = {
  granted: "While you look at something else, with the name and the first words.",
  default: "While you look at something else, with the name and the first words.",
  denied: "This browser was told not to show notifications of this site. Allow them in its settings for this address.",
  missing: "This browser has no notifications for this address; most want https.",
};

/** How this browser calls the agent back. */
export function Alerts() {
  const [allowed, setAllowed] = useState(permission());
  const { sound, desktop } = wishes.value;
  const setDesktop = async (wanted: boolean) => {
    if (wanted && permission() === "default") setAllowed(await Notification.requestPermission());
    wishes.value = { ...wishes.value, desktop: wanted && permission() === "granted" };
  };
  return (
    <section class="panel" aria-label="Alerts">
      <h2>Alerts</h2>
      <p class="lead">
        When a visitor waits for a person, a colleague assigns you a conversation, or somebody writes in one of yours. In this browser; while you are away, only of what is yours.
      </p>
      <fieldset>
        <label class="switch">
          <input
            type="checkbox"
            checked={sound}
            onChange={(event) => {
              wishes.value = { ...wishes.value, sound: event.currentTarget.checked };
              if (event.currentTarget.checked) chime();
            }}
          />
          <span>
            A sound
            <small class="hint">Two soft tones, unless that conversation is on screen.</small>
          </span>
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={desktop && allowed === "granted"}
            disabled={allowed === "denied" || allowed === "missing"}
            onChange={(event) => void setDesktop(event.currentTarget.checked)}
          />
          <span>
            Over other windows
            <small class="hint">{Hints[allowed]}</small>
          </span>
        </label>
      </fieldset>
    </section>
  );
}
