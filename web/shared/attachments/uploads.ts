import { computed, signal } from "@preact/signals";
import { reason } from "../hub.ts";
import { newId } from "../ids.ts";
import { limits, type Attachment } from "../protocol.ts";
import { words } from "./words.ts";

/** Sends one file's bytes. `progress` goes from 0 to 1. */
export type SendFile = (file: File, progress: (share: number) => void, stop: AbortSignal) => Promise<Attachment>;

/** A file beside the text that is being written. */
export interface Upload {
  key: string;
  name: string;
  size: number;
  state: "sending" | "done" | "failed";
  /** 0 to 1. */
  progress: number;
  /** Why it failed. */
  reason?: string;
  /** What the server made of it, once it is there. */
  attachment?: Attachment;
}

/** The files of one message that is not sent yet. Each goes to the server as soon as it is chosen. */
export class Uploads {
  readonly items = signal<Upload[]>([]);
  /** Why a file was not taken at all; until the next one. */
  readonly notice = signal<string | null>(null);
  readonly any = computed(() => this.items.value.length > 0);
  /** Nothing is under way or has failed: the message may go. */
  readonly settled = computed(() => this.items.value.every((item) => item.state === "done"));
  readonly done = computed(() => this.items.value.flatMap((item) => item.attachment ?? []));

  readonly #files = new Map<string, File>();
  readonly #running = new Map<string, AbortController>();

  constructor(
    private readonly send: SendFile,
    kept: readonly Attachment[] = [],
  ) {
    this.putBack(kept);
  }

  add(files: Iterable<File>): void {
    this.notice.value = null;
    for (const file of files) {
      const why = refusal(file, this.items.peek().length);
      if (why) {
        this.notice.value = why;
        continue;
      }
      const key = newId();
      this.#files.set(key, file);
      this.items.value = [...this.items.peek(), { key, name: file.name, size: file.size, state: "sending", progress: 0 }];
      void this.#run(key);
    }
  }

  retry(key: string): void {
    if (this.items.peek().find((item) => item.key === key)?.state === "failed") void this.#run(key);
  }

  /** Takes it away, whether it is there already or still on its way. */
  remove(key: string): void {
    this.#running.get(key)?.abort();
    this.#forget(key);
    this.notice.value = null;
    this.items.value = this.items.peek().filter((item) => item.key !== key);
  }

  /** The files for the message that goes now; none is left here. */
  take(): Attachment[] {
    const taken = this.done.peek();
    this.clear();
    return taken;
  }

  clear(): void {
    for (const item of this.items.peek()) this.remove(item.key);
  }

  /** Files of a message that came back: before those chosen meanwhile. */
  putBack(files: readonly Attachment[]): void {
    const there = new Set(this.done.peek().map((file) => file.id));
    const back = files
      .filter((file) => !there.has(file.id))
      .map((file): Upload => ({ key: file.id, name: file.name, size: file.size, state: "done", progress: 1, attachment: file }));
    if (back.length > 0) this.items.value = [...back, ...this.items.peek()];
  }

  async #run(key: string): Promise<void> {
    const stop = new AbortController();
    this.#running.set(key, stop);
    this.#update(key, { state: "sending", progress: 0, reason: undefined });
    try {
      const attachment = await this.send(this.#files.get(key)!, (progress) => this.#update(key, { progress }), stop.signal);
      this.#update(key, { state: "done", progress: 1, attachment });
      this.#forget(key);
    } catch (error) {
      if (!stop.signal.aborted) this.#update(key, { state: "failed", reason: reason(error).sentence });
      this.#running.delete(key);
    }
  }

  #forget(key: string): void {
    this.#files.delete(key);
    this.#running.delete(key);
  }

  #update(key: string, change: Partial<Upload>): void {
    this.items.value = this.items.peek().map((item) => (item.key === key ? { ...item, ...change } : item));
  }
}

function refusal(file: File, already: number): string | null {
  const say = words.peek();
  if (already >= limits.attachments) return say.tooMany(limits.attachments);
  if (file.size > limits.attachment) return say.tooLarge(file.name, sizeOf(limits.attachment));
  return file.size === 0 ? say.empty(file.name) : null;
}

const Pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** The server says so only of what it has looked at. */
export const isPicture = (file: Attachment): boolean => Pictures.has(file.contentType);

/** A size for people: "12 KB", "3.4 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const kilobytes = bytes / 1024;
  if (kilobytes < 999.5) return `${Math.round(kilobytes)} KB`;
  return `${Number((kilobytes / 1024).toFixed(1))} MB`;
}

/** A message as it is written and kept: with what its files are, so that it can be shown before it arrives. */
export type WithFiles<M> = M & { attachments?: Attachment[] };

/** A message as the server takes it: it names its files. */
export function onTheWire<M extends object>(message: WithFiles<M>): M & { attachmentIds?: string[] } {
  const { attachments, ...rest } = message;
  return { ...(rest as unknown as M), ...(attachments?.length && { attachmentIds: attachments.map((file) => file.id) }) };
}

/** What stands for a message without words. */
export const wordsOf = (entry: { text: string; attachments?: Attachment[] | null | undefined }): string =>
  entry.text || (entry.attachments ?? []).map((file) => file.name).join(", ");
