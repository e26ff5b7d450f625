import { useEffect, useState } from "preact/hooks";

interface Live<T> {
  value: T | null;
  /** Why the newest try failed; what is shown is older then. */
  failed: string | null;
  /** When `value` came. */
  at: number;
  reload(): void;
}

/** Loads now and every few seconds while somebody looks; keeps the last answer when a try fails. */
export function useLive<T>(load: () => Promise<T>, everySeconds: number, key: unknown = null): Live<T> {
  const [state, setState] = useState<Omit<Live<T>, "reload">>({ value: null, failed: null, at: 0 });
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState({ value: null, failed: null, at: 0 });
    const look = async () => {
      if (!document.hidden) {
        try {
          const value = await load();
          if (!over) setState({ value, failed: null, at: Date.now() });
        } catch (error) {
          if (!over) setState((before) => ({ ...before, failed: (error as Error).message }));
        }
      }
      if (!over) timer = setTimeout(() => void look(), everySeconds * 1_000);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [key, again]);
  return { ...state, reload: () => setAgain(again + 1) };
}
