// The present, as long as something goes on that is measured by it.

import { useEffect, useState } from "react";

/** Milliseconds since 1970; it moves on `everyMs` while `isOn`. */
export function useNow(isOn: boolean, everyMs = 200): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isOn, everyMs]);
  return nowMs;
}
