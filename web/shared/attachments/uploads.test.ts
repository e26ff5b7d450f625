import { expect, test } from "vitest";
import { HubError } from "../hub.ts";
import type { Attachment } from "../protocol.ts";
import { isPicture, onTheWire, sizeOf, Uploads, wordsOf, type SendFile } from "./uploads.ts";

const file = (name: string, size = 3): File => ({ name, size, type: "" }) as File;
const there = (name: string): Attachment => ({ id: `id-${name}`, name, contentType: "text/plain", size: 3 });

/** A server that answers when the test says so. */
function byHand() {
  const calls: { name: string; progress: (share: number) => void; stop: AbortSignal; answer(): void; refuse(error: Error): void }[] = [];
  const send: SendFile = (sent, progress, stop) =>
    new Promise((resolve, reject) => {
      calls.push({ name: sent.name, progress, stop, answer: () => resolve(there(sent.name)), refuse: reject });
      stop.addEventListener("abort", () => reject(new HubError("offline", "gone")));
    });
  return { calls, send };
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

test("a file is sent at once, and the message waits for it", async () => {
  const { calls, send } = byHand();
  const uploads = new Uploads(send);
  uploads.add([file("a.txt")]);
  expect(uploads.settled.value).toBe(false);
  calls[0]!.progress(0.5);
  expect(uploads.items.value[0]!.progress).toBe(0.5);
  calls[0]!.answer();
  await turns();
  expect(uploads.settled.value).toBe(true);
  expect(uploads.take()).toEqual([there("a.txt")]);
  expect(uploads.any.value).toBe(false);
});

test("what failed says why, holds the message, and can be tried again", async () => {
  const { calls, send } = byHand();
  const uploads = new Uploads(send);
  uploads.add([file("a.txt")]);
  calls[0]!.refuse(new HubError("rate-limited", "Too many files at once."));
  await turns();
  expect(uploads.items.value[0]).toMatchObject({ state: "failed", reason: "Too many files at once." });
  expect(uploads.settled.value).toBe(false);
  uploads.retry(uploads.items.value[0]!.key);
  calls[1]!.answer();
  await turns();
  expect(uploads.done.value).toEqual([there("a.txt")]);
});

test("taking one out stops it, and nothing comes of it", async () => {
  const { calls, send } = byHand();
  const uploads = new Uploads(send);
  uploads.add([file("a.txt")]);
  uploads.remove(uploads.items.value[0]!.key);
  await turns();
  expect(calls[0]!.stop.aborted).toBe(true);
  expect(uploads.items.value).toEqual([]);
});

test("too large, empty and too many are said before anything is sent", () => {
  const { calls, send } = byHand();
  const uploads = new Uploads(send);
  uploads.add([file("big.zip", 25 * 1024 * 1024 + 1)]);
  expect(uploads.notice.value).toBe("big.zip is larger than 25 MB.");
  uploads.add([file("none", 0)]);
  expect(uploads.notice.value).toBe("none is empty.");
  uploads.add(Array.from({ length: 11 }, (_, i) => file(`${i}`)));
  expect(uploads.notice.value).toBe("A message may have at most 10 files.");
  expect(calls.length).toBe(10);
});

test("files that came back stand first, once", () => {
  const uploads = new Uploads(byHand().send, [there("b")]);
  uploads.putBack([there("a"), there("b")]);
  expect(uploads.done.value.map((one) => one.name)).toEqual(["a", "b"]);
});

test("the server gets names only, and none when there are none", () => {
  expect(onTheWire({ clientId: "x", text: "", attachments: [there("a")] })).toEqual({ clientId: "x", text: "", attachmentIds: ["id-a"] });
  expect(onTheWire({ clientId: "x", text: "y" })).toEqual({ clientId: "x", text: "y" });
  expect(onTheWire({ clientId: "x", text: "y", attachments: [] })).toEqual({ clientId: "x", text: "y" });
});

test("sizes and words for people", () => {
  expect([1, 900, 1024, 1_500_000, 25 * 1024 * 1024].map(sizeOf)).toEqual(["1 byte", "900 bytes", "1 KB", "1.4 MB", "25 MB"]);
  expect(wordsOf({ text: "", attachments: [there("a"), there("b")] })).toBe("a, b");
  expect(isPicture({ ...there("a"), contentType: "image/svg+xml" })).toBe(false);
  expect(isPicture({ ...there("a"), contentType: "image/png" })).toBe(true);
});
