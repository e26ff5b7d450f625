import type { Attachment } from "@livesupport/shared/protocol.ts";
import { read, write } from "../shell/storage.ts";

export type Tab = "reply" | "note";

/** What was written and not sent, for one conversation. */
export interface Draft {
  tab: Tab;
  reply: string;
  note: string;
  /** The files beside each, as far as they are with the server. */
  files?: Partial<Record<Tab, Attachment[]>>;
}

const empty: Draft = { tab: "reply", reply: "", note: "" };

/** Drafts of one agent on this device. Written at every key: closing, reloading or a crash loses none. */
export class Drafts {
  constructor(private readonly agentId: string) {}

  of(conversationId: string): Draft {
    return { ...empty, ...read<Draft>(this.key(conversationId)) };
  }

  keep(conversationId: string, draft: Draft): void {
    write(this.key(conversationId), draft.reply || draft.note || draft.files?.reply?.length || draft.files?.note?.length ? draft : null);
  }

  private key(conversationId: string): string {
    return `livesupport.draft.${this.agentId}.${conversationId}`;
  }
}

/** A message that came back and what was written meanwhile: both are kept, the older first. */
export const putBack = (returned: string, written: string): string =>
  written.trim() === "" ? returned : written.includes(returned) ? written : `${returned}\n\n${written}`;
