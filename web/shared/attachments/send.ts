import { HubError } from "../hub.ts";
import type { Attachment } from "../protocol.ts";
import type { SendFile } from "./uploads.ts";

/** Sends files to that address. `fetch` does not tell how far an upload is, so it is the older way. */
export const sendTo =
  (url: string, headers: () => Promise<Record<string, string>> | Record<string, string>): SendFile =>
  async (file, progress, stop) => {
    const given = await headers();
    return new Promise<Attachment>((resolve, reject) => {
      const request = new XMLHttpRequest();
      const offline = () => reject(new HubError("offline", "The connection was lost."));
      request.open("POST", `${url}?name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("content-type", file.type || "application/octet-stream");
      for (const [name, value] of Object.entries(given)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = request.ontimeout = request.onabort = offline;
      request.onload = () => {
        if (request.status === 201) return resolve(JSON.parse(request.responseText) as Attachment);
        reject(problemOf(request.responseText));
      };
      stop.addEventListener("abort", () => request.abort());
      if (stop.aborted) offline();
      else request.send(file);
    });
  };

function problemOf(body: string): HubError {
  try {
    const { code, detail } = JSON.parse(body) as { code?: string; detail?: string };
    return new HubError(code ?? "unavailable", detail ?? "The file was not taken.");
  } catch {
    return new HubError("unavailable", "The file was not taken.");
  }
}
