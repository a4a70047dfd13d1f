// The store of the run that is looked at, filled as long as the page is open.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { keys } from "@/lib/api/keys";
import { live } from "@/lib/api/live";
import { readRunEvents, readRunNodes } from "@/lib/api/run";
import type { Link, RunDetails } from "@/lib/autogpt-server-api/types";
import { RunStore } from "@/lib/run/store";
import { watchRun } from "@/lib/run/watch";
import { isFinal } from "@/lib/states";
import { isRecord } from "@/lib/values";

const AGAIN_MS = 3_000;

/** `isReady`: what had happened before the page came is in the store. */
export function useRunStore(
  run: RunDetails,
  links: readonly Link[],
): { store: RunStore; isReady: boolean; error: unknown } {
  const client = useQueryClient();
  const [store] = useState(() => new RunStore({ links, status: run.status, pinned: pinnedIn(run) }));
  const [isReady, setIsReady] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const runId = run.run_id;
  const [wasOver] = useState(() => isFinal(run.status));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` begins it anew
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const sources = {
      readNodes: (signal: AbortSignal) => readRunNodes(runId, signal),
      readEvents: (after: number, signal: AbortSignal) => readRunEvents(runId, after, signal),
      live,
    };
    const stop = watchRun(runId, store, sources, {
      onPast: () => {
        setIsReady(true);
        setError(null);
      },
      onEnd: () => {
        if (!wasOver) void client.invalidateQueries({ queryKey: keys.runs });
      },
      onFailed: (failure) => {
        setError(failure);
        timer = setTimeout(() => setTries((before) => before + 1), AGAIN_MS);
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [runId, store, wasOver, client, tries]);

  return { store, isReady, error };
}

/** Blocks whose outputs were given with the run. */
function pinnedIn(run: RunDetails): ReadonlySet<string> {
  return new Set(isRecord(run.options.pins) ? Object.keys(run.options.pins) : []);
}
