import type { AttachmentWords } from "@livesupport/shared/attachments/words.ts";
import type { SystemCode } from "@livesupport/shared/protocol.ts";

/** All that the widget itself says. What the team and the bot say comes from them. */
export interface Language {
  chat: string;
  chatWith(team: string): string;
  /** Who of the team is talking. */
  from(name: string, team: string): string;
  /** Below the name: what is going on. */
  talking: string;
  over: string;
  assistant: string;
  personAnswers: string;
  /** Nobody of the team is online. */
  away: string;
  /** What to do then. Never when the answer comes; nothing here sends mail, so an address is only where the team can write to. */
  leave(email: string | null | undefined): string;

  more: string;
  close: string;
  contact: string;
  soundOff: string;
  soundOn: string;
  end: string;

  write: string;
  send: string;
  /** The text is that many characters too long. */
  tooMany(count: number): string;

  conversation: string;
  earlier: string;
  newest: string;
  typing(name: string): string;
  somebody: string;
  sending: string;
  waits: string;
  /** The message would begin one conversation more than a day may have. */
  held: string;
  sent: string;
  seen: string;
  notSent: string;
  again: string;
  delete: string;
  person: string;
  helped: string;
  /** Said in the visitor's name when `helped` is pressed. */
  helpedSaid: string;

  /** No connection, for a while now. Short: one line on a phone; what waits says so itself. */
  offline: string;
  /** The server wants no connection from this page. */
  refused: string;

  reach: { title: string; why: string; name: string; email: string; save: string; later: string };
  rating: { title: string; /** From worst to best. */ scores: readonly [string, string, string, string, string]; comment: string; send: string };
  system: Partial<Record<SystemCode, (name: string) => string>>;
  files: AttachmentWords;
  /** By error code. English has none: the server's own sentences say more. */
  errors: Readonly<Record<string, string>>;
}
