import type { AgentRef, Optional } from "@livesupport/shared/protocol.ts";
import type { Desk } from "../desk.ts";
import type { MenuItem } from "../shell/menu.tsx";

/**
 * Everybody who can be given a conversation, and nobody.
 * @param owner Whose it is: null while it is nobody's, undefined for several with owners of their own.
 */
export function assignees(desk: Desk, owner: Optional<AgentRef>, pick: (agentId: string | null) => void): MenuItem[] {
  const me = desk.me.value;
  const team = desk.agents.value.filter((agent) => !agent.deactivated && agent.id !== me.id).sort((a, b) => a.name.localeCompare(b.name));
  return [
    ...(owner?.id === me.id ? [] : [{ label: "Me", pick: () => pick(me.id) }]),
    ...team.map((agent) => ({
      label: agent.name,
      hint: agent.availability === "online" ? "" : agent.availability,
      ...(owner?.id === agent.id && { chosen: true }),
      pick: () => pick(agent.id),
    })),
    ...(owner === null ? [] : [{ label: "Nobody", pick: () => pick(null) }]),
  ];
}
