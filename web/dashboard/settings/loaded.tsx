import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLate } from "../shell/late.ts";

/** Loads once; shows bones after 200 ms and the reason with a way to try again when it fails. */
export function useLoaded<T>(load: () => Promise<T>) {
  const [value, setValue] = useState<T | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const reload = () => {
    setFailed(null);
    load().then(setValue, (error: Error) => setFailed(error.message));
  };
  useEffect(reload, []);
  return { value, setValue, failed, reload };
}

interface Props<T> {
  of: { value: T | null; failed: string | null; reload(): void };
  children(value: T): ComponentChildren;
}

export function Loaded<T>({ of, children }: Props<T>) {
  const late = useLate(of.value === null && !of.failed);
  if (of.failed) {
    return (
      <div class="empty" role="alert">
        <strong>This did not load</strong>
        <p>{of.failed}</p>
        <button type="button" class="button" onClick={of.reload}>
          Try again
        </button>
      </div>
    );
  }
  if (of.value === null) return late ? <i class="bone is-block" role="status" aria-label="Loading" /> : null;
  return <>{children(of.value)}</>;
}
