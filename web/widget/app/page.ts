import type { Envelope, ToFrame, ToPage } from "../messages.ts";

/** The customer's page that frames us. The server's `frame-ancestors` says which pages can be that. */
export const framed = window.parent !== window;

/** Known once the page has spoken. Before, only "loaded" is said, which tells nothing. */
let origin: string | undefined;

export function tellPage(message: ToPage): void {
  if (!framed || (!origin && message.type !== "loaded")) return;
  window.parent.postMessage({ liveSupport: message } satisfies Envelope<ToPage>, origin ?? "*");
}

export function hearPage(heard: (message: ToFrame) => void): void {
  addEventListener("message", (event: MessageEvent<Partial<Envelope<ToFrame>> | null>) => {
    const message = event.data?.liveSupport;
    if (!framed || event.source !== window.parent || !message || (origin && event.origin !== origin)) return;
    origin = event.origin;
    heard(message);
  });
}
