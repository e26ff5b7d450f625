import type { Desk } from "../desk.ts";
import { Icon, type IconName } from "../shell/icons.tsx";
import { go, type SettingsSection } from "../shell/place.ts";
import { Articles } from "./articles.tsx";
import { Team } from "./team.tsx";
import { WidgetSettings } from "./widget-settings.tsx";
import "./settings.css";

const sections: [SettingsSection, string, IconName][] = [
  ["widget", "Widget", "widget"],
  ["articles", "Help articles", "article"],
  ["team", "Team", "team"],
];

export function SettingsPage({ desk, section }: { desk: Desk; section: SettingsSection }) {
  const admin = desk.me.value.role === "admin";
  return (
    <main class="settings">
      <nav class="settings-nav" aria-label="Settings">
        <h1>Settings</h1>
        {sections.map(([key, label, icon]) => (
          <button
            key={key}
            type="button"
            aria-current={key === section ? "page" : undefined}
            onClick={() => go({ at: "settings", section: key })}
          >
            <Icon name={icon} size={16} />
            {label}
          </button>
        ))}
      </nav>
      <div class="settings-body">
        {!admin && (
          <p class="settings-locked" role="note">
            <Icon name="info" size={16} />
            You can read this page. Only administrators can change it.
          </p>
        )}
        {section === "widget" && <WidgetSettings desk={desk} admin={admin} />}
        {section === "articles" && <Articles desk={desk} admin={admin} />}
        {section === "team" && <Team desk={desk} admin={admin} />}
      </div>
    </main>
  );
}
