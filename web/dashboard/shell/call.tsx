import { useRef, useState } from "preact/hooks";

/** A form's call: once at a time, and why it was refused. `run` makes a handler of it, for a form or a button. */
export function useCall() {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  // What is drawn lags behind a double click.
  const running = useRef(false);
  const run = (call: () => Promise<void>) => async (event: Event) => {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setRefused(null);
    try {
      await call();
    } catch (error) {
      setRefused((error as Error).message);
    }
    running.current = false;
    setBusy(false);
  };
  return { busy, refused, run };
}

export const Refused = ({ why }: { why: string | null }) => (
  <p class="form-error" role="alert">
    {why}
  </p>
);
