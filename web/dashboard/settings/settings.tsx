import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { Icon, type IconName } from "../shell/icons.tsx";
import { go, type SettingsSection } from "../shell/place.ts";
import { ApiKeys } from "./api-keys.tsx";
import { Articles } from "./articles.tsx";
import { Integrations } from "./integrations.tsx";
import { OwnAccount } from "./own-account.tsx";
import { SavedRepliesSettings } from "./saved-replies.tsx";
import { Team } from "./team.tsx";
import { Webhooks } from "./webhooks.tsx";
import { WidgetSettings } from "./widget-settings.tsx";
import "./settings.css";

const sections: [SettingsSection, string, IconName][] = [
  ["account", "Your account", "person"],
  ["widget", "Widget", "widget"],
  ["articles", "Help articles", "article"],
  ["replies", "Saved replies", "note"],
  ["team", "Team", "team"],
  ["integrations", "Integrations", "plug"],
  ["api", "API", "keyboard"],
  ["webhooks", "Webhooks", "out"],
];

/** What opens doors is not shown to everybody. */
const forAdministrators: SettingsSection[] = ["integrations", "api", "webhooks"];

export function SettingsPage({ desk, section }: { desk: Desk; section: SettingsSection }) {
  const { role } = desk.me.value;
  const admin = role === "admin";
  const supervisor = admin || role === "supervisor";
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the sections are one line, wider than it.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }), [section]);
  return (
    <main class="settings">
      <nav ref={nav} class="settings-nav" aria-label="Settings">
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
        {!(section === "replies" ? supervisor : admin) && section !== "account" && !forAdministrators.includes(section) && (
          <p class="settings-locked" role="note">
            <Icon name="info" size={16} />
            You can read this page. Only {section === "replies" && "supervisors and "}administrators can change it.
          </p>
        )}
        {section === "account" && <OwnAccount desk={desk} />}
        {section === "widget" && <WidgetSettings desk={desk} admin={admin} />}
        {section === "articles" && <Articles desk={desk} admin={admin} />}
        {section === "replies" && <SavedRepliesSettings desk={desk} mayChange={supervisor} />}
        {section === "team" && <Team desk={desk} admin={admin} />}
        {!admin && forAdministrators.includes(section) && (
          <div class="empty">
            <strong>Only for administrators</strong>
            <p>Ask one of them when another system or a program of yours needs to get in.</p>
          </div>
        )}
        {admin && section === "integrations" && <Integrations />}
        {admin && section === "api" && <ApiKeys />}
        {admin && section === "webhooks" && <Webhooks />}
      </div>
    </main>
  );
}
