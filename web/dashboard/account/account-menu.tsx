import type { Availability } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icons.tsx";
import { Menu } from "../shell/menu.tsx";
import { go } from "../shell/place.ts";
import { theme, themes } from "./theme.ts";

const availabilities: [Availability, string, string][] = [
  ["online", "Online", "takes conversations"],
  ["away", "Away", "back soon"],
  ["offline", "Offline", "done for today"],
];

export function AccountMenu({ desk, signOut }: { desk: Desk; signOut(): void }) {
  const me = desk.me.value;
  const word = availabilities.find(([key]) => key === me.availability)?.[1] ?? "Offline";
  return (
    <Menu
      label={`${me.name}, ${word.toLowerCase()}. Account`}
      class="account"
      side="start"
      above
      heading={
        <>
          <strong>{me.name}</strong>
          <span>{me.email}</span>
        </>
      }
      items={[
        ...availabilities.map(([key, label, hint]) => ({
          label,
          hint,
          chosen: key === me.availability,
          icon: <i class={`availability is-${key}`} />,
          pick: () => void desk.setAvailability(key),
        })),
        ...themes.map(([key, label]) => ({
          label: `Theme: ${label.toLowerCase()}`,
          chosen: key === theme.value,
          icon: <Icon name={key === "dark" ? "moon" : key === "light" ? "sun" : "screen"} size={14} />,
          pick: () => (theme.value = key),
        })),
        { label: "Your account", icon: <Icon name="person" size={14} />, pick: () => go({ at: "settings", section: "account" }) },
        { label: "Sign out", icon: <Icon name="out" size={14} />, pick: signOut },
      ]}
    >
      <Avatar who={me} />
      <i class={`availability is-${me.availability}`} />
    </Menu>
  );
}
