import { computed, effect } from "@preact/signals";
import { render } from "preact";
import "@livesupport/shared/theme.css";
import "@livesupport/shared/inter.css";
import "./widget.css";
import type { Look } from "../messages.ts";
import { Chat } from "./chat.ts";
import { accentOf } from "./color.ts";
import { framed, hearPage, tellPage } from "./page.ts";
import { speak, words } from "./speech.ts";
import { Widget } from "./Widget.tsx";

const chat = new Chat(new URLSearchParams(location.search).get("siteKey") ?? "default");

hearPage((message) => {
  switch (message.type) {
    case "boot":
      dress(message.look);
      void speak([message.language, ...navigator.languages]).then(show);
      chat.open.value = message.open;
      chat.start({ userToken: message.userToken, locale: message.look.locale, page: message.page });
      break;
    case "visible":
      chat.open.value = message.open;
      break;
    case "look":
      dress(message.look);
      void speak([message.language, ...navigator.languages]);
      break;
    case "page":
      chat.visit(message.page);
      break;
    case "identify":
      if (message.userToken) chat.become(message.userToken);
      if (message.name || message.email) chat.identifyWhenConnected({ name: message.name, email: message.email });
      break;
    case "write":
      chat.setDraft(message.text);
      break;
    case "logout":
      chat.logout();
      break;
  }
});

function dress({ theme = "auto" }: Look): void {
  document.documentElement.style.colorScheme = theme === "auto" ? "" : theme;
}

/** Has talked to us: then the loader may fetch answers before anybody clicks. */
const known = computed(() => chat.snapshot.value !== null);

effect(() => {
  const settings = chat.settings.value;
  if (!settings) return;
  const { fill, ink, onLight, onDark } = accentOf(settings.color);
  const { style } = document.documentElement;
  style.setProperty("--accent-fill", fill);
  style.setProperty("--accent-ink", ink);
  style.setProperty("--accent", `light-dark(${onLight}, ${onDark})`);
  document.title = words.value.chatWith(settings.teamName);
  tellPage({ type: "ready", color: fill, ink, known: known.value });
});

/** Once it is known in which language. */
const show = () => render(<Widget chat={chat} onClose={() => tellPage({ type: "close" })} />, document.getElementById("app")!);

if (framed) tellPage({ type: "loaded" });
else {
  // Opened as a page of its own.
  chat.open.value = true;
  void speak(navigator.languages).then(show);
  chat.start({});
}
