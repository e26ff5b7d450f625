import { signal } from "@preact/signals";

/** What is said around files. */
export interface AttachmentWords {
  attach: string;
  toSend: string;
  uploading(file: string): string;
  again(file: string): string;
  cancel(file: string): string;
  remove(file: string): string;
  show(file: string): string;
  save: string;
  close: string;
  tooMany(most: number): string;
  tooLarge(file: string, most: string): string;
  empty(file: string): string;
}

export const English: AttachmentWords = {
  attach: "Attach files",
  toSend: "Files to send",
  uploading: (file) => `Uploading ${file}`,
  again: (file) => `Try ${file} again`,
  cancel: (file) => `Cancel ${file}`,
  remove: (file) => `Remove ${file}`,
  show: (file) => `Show ${file}`,
  save: "Save",
  close: "Close",
  tooMany: (most) => `A message may have at most ${most} files.`,
  tooLarge: (file, most) => `${file} is larger than ${most}.`,
  empty: (file) => `${file} is empty.`,
};

/** In the language of the page. */
export const words = signal(English);
