import { signal } from "@preact/signals";
import { Icon } from "./icons.tsx";

interface Notice {
  text: string;
  action?: { label: string; run(): void };
}

const shown = signal<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** One line at the foot of the screen: a refused action with its reason, or what was done and how to take it back. */
export function notify(text: string, action?: Notice["action"]): void {
  clearTimeout(timer);
  shown.value = { text, ...(action && { action }) };
  timer = setTimeout(() => (shown.value = null), 8_000);
}

const dismiss = () => (shown.value = null);

export function NoticeLine() {
  const notice = shown.value;
  return (
    <div class="notice-place" role="status" aria-live="polite">
      {notice && (
        <div class="notice">
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              class="link"
              onClick={() => {
                dismiss();
                notice.action!.run();
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" class="notice-close" aria-label="Dismiss" onClick={dismiss}>
            <Icon name="close" size={14} />
          </button>
        </div>
      )}
    </div>
  );
}
