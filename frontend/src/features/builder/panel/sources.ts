// From which blocks a value may come: those before this one, the nearest first, then the others that do not wait for it.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph, Node } from "@/lib/autogpt-server-api/types";
import { downstream } from "@/lib/graph/model";

/** `distance`: how many links lie between; null: it is not linked to the block. */
export type Source = { node: Node; distance: number | null };

export function sourcesOf(graph: Graph, nodeId: string, catalogue: Catalogue): Source[] {
  const distances = distancesTo(graph, nodeId);
  const behind = downstream(graph, [nodeId]);
  return graph.nodes
    .filter((node) => node.id !== nodeId && !node.disabled)
    .filter((node) => distances.has(node.id) || !behind.has(node.id))
    .filter((node) => (catalogue.get(node.block_id)?.outputs.length ?? 0) > 0)
    .map((node) => ({ node, distance: distances.get(node.id) ?? null }))
    .sort((one, other) => (one.distance ?? Number.MAX_VALUE) - (other.distance ?? Number.MAX_VALUE));
}

function distancesTo(graph: Graph, nodeId: string): ReadonlyMap<string, number> {
  const before = new Map<string, string[]>();
  for (const { source_id, sink_id } of graph.links) {
    before.set(sink_id, [...(before.get(sink_id) ?? []), source_id]);
  }
  const distances = new Map<string, number>();
  let level = [nodeId];
  for (let distance = 1; level.length > 0; distance += 1) {
    const next = new Set(level.flatMap((id) => before.get(id) ?? []));
    level = [...next].filter((id) => id !== nodeId && !distances.has(id));
    for (const id of level) distances.set(id, distance);
  }
  return distances;
}
