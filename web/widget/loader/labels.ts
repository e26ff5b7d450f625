/** The frame's name, the button's two, and "unread" after a number. */
export type Labels = readonly [chat: string, open: string, close: string, unread: string];

const English: Labels = ["Chat", "Open chat", "Close chat", "unread"];
const Others: Record<string, Labels> = {
  ar: ["الدردشة", "فتح الدردشة", "إغلاق الدردشة", "غير مقروءة"],
  de: ["Chat", "Chat öffnen", "Chat schließen", "ungelesen"],
  es: ["Chat", "Abrir el chat", "Cerrar el chat", "sin leer"],
  fr: ["Chat", "Ouvrir le chat", "Fermer le chat", "non lus"],
  he: ["צ'אט", "פתיחת הצ'אט", "סגירת הצ'אט", "לא נקראו"],
  it: ["Chat", "Apri la chat", "Chiudi la chat", "non letti"],
  ja: ["チャット", "チャットを開く", "チャットを閉じる", "件の未読"],
  nl: ["Chat", "Chat openen", "Chat sluiten", "ongelezen"],
  pl: ["Czat", "Otwórz czat", "Zamknij czat", "nieprzeczytane"],
  pt: ["Chat", "Abrir o chat", "Fechar o chat", "não lidas"],
  tr: ["Sohbet", "Sohbeti aç", "Sohbeti kapat", "okunmamış"],
  zh: ["聊天", "打开聊天", "关闭聊天", "条未读"],
};

/** The page's or the site's language; where neither is set or known, the browser's. The frame chooses alike. */
export function labels(language: string): Labels {
  for (const tag of [language, ...navigator.languages]) {
    const short = tag.toLowerCase().split(/[-_]/)[0]!;
    if (short === "en") break;
    if (Object.hasOwn(Others, short)) return Others[short]!;
  }
  return English;
}
