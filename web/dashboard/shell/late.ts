import { useEffect, useState } from "preact/hooks";

/** True once something has taken longer than 200 ms: only then is a skeleton less of a distraction than nothing. */
export function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && late;
}
