// For lists and drawings that need not follow each frame: they look a few times a second.

import { useEffect, useState } from "react";

import type { RunStore } from "@/lib/run/store";

const EVERY_MS = 200;

/** The store's version, at most five times a second another one. */
export function useSlowVersion(store: RunStore): number {
  const [version, setVersion] = useState(store.version());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setVersion(store.version());
    };
    const stop = store.subscribe(() => {
      timer ??= setTimeout(look, EVERY_MS);
    });
    look();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store]);
  return version;
}
