// The live state of a run that the canvas shows, from its first event to its last.

import { tellError } from "@/components/ui/toast";
import { live } from "@/lib/api/live";
import { readRunEvents, readRunNodes } from "@/lib/api/run";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { RunStore } from "@/lib/run/store";
import { watchRun } from "@/lib/run/watch";

export function followRun(runId: string, graph: Graph): { store: RunStore; unfollow: () => void } {
  const pinned = new Set(graph.nodes.filter((node) => node.pinned).map((node) => node.id));
  const store = new RunStore({ links: graph.links, status: "queued", pinned });
  const sources = {
    readNodes: (signal: AbortSignal) => readRunNodes(runId, signal),
    readEvents: (after: number, signal: AbortSignal) => readRunEvents(runId, after, signal),
    live,
  };
  return { store, unfollow: watchRun(runId, store, sources, { onFailed: tellError }) };
}
