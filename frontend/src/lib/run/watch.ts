// Fills a run's store: what the server has counted, then what happened before, then what happens now, to the end.

import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunEvent } from "@/lib/autogpt-server-api/types";
import type { Live, Refusal } from "@/lib/run/live";
import type { RunStore } from "@/lib/run/store";

export type RunNodes = components["schemas"]["RunNodes"];

/** Where a run's past is read, and its present followed. */
export type Sources = {
  readNodes: (signal: AbortSignal) => Promise<RunNodes>;
  readEvents: (after: number, signal: AbortSignal) => Promise<{ items: RunEvent[]; next_after: number }>;
  live: Pick<Live, "followRun">;
};

export type WatchEvents = {
  /** All that had happened before is in the store. */
  onPast?: () => void;
  /** The run has ended, and all of it is in the store. */
  onEnd?: () => void;
  /** The past could not be read, or nobody may watch this. */
  onFailed?: (error: unknown) => void;
};

/** Of longer runs only so many of the last events are read: what came before is known by its counts alone. */
export const MOST_PAST = 60_000;

/** Returns how to stop it. A run that has ended is read and not followed. */
export function watchRun(runId: string, store: RunStore, sources: Sources, events: WatchEvents): () => void {
  const stop = new AbortController();
  let unfollow = () => {};

  const fail = (error: unknown) => {
    if (!stop.signal.aborted) events.onFailed?.(error);
  };

  const readPast = async () => {
    const nodes = await sources.readNodes(stop.signal);
    if (stop.signal.aborted) return;
    store.begin(nodes.items, nodes.after, Math.max(0, nodes.after - MOST_PAST));
    while (store.lastSeq < nodes.after) {
      const page = await sources.readEvents(store.lastSeq, stop.signal);
      if (stop.signal.aborted || page.items.length === 0) break;
      store.take(page.items);
    }
  };

  const end = async () => {
    const nodes = await sources.readNodes(stop.signal);
    if (stop.signal.aborted) return;
    store.settle(nodes.items, nodes.after);
    events.onEnd?.();
  };

  const follow = () => {
    unfollow = sources.live.followRun(runId, store.lastSeq, {
      onEvents: (news) => store.take(news),
      onEnd: () => void end().catch(fail),
      onRefused: ({ detail }: Refusal) => fail(new Error(detail)),
    });
  };

  readPast()
    .then(() => {
      if (stop.signal.aborted) return;
      events.onPast?.();
      if (store.isOver) events.onEnd?.();
      else follow();
    })
    .catch(fail);

  return () => {
    stop.abort();
    unfollow();
  };
}
