// Which blocks would give something else than they did: what changed since a run, and all behind it.

import type { Graph, Node } from "@/lib/autogpt-server-api/types";
import { downstream } from "@/lib/graph/model";

/** The ids of blocks whose results of a run of `before` do not hold for `now`. */
export function staleNodes(before: Graph, now: Graph): ReadonlySet<string> {
  if (before === now) return new Set();
  const known = new Map(before.nodes.map((node) => [node.id, node]));
  const [linksBefore, linksNow] = [incoming(before), incoming(now)];
  const changed = now.nodes
    .filter((node) => {
      const old = known.get(node.id);
      return old !== undefined && (isOther(old, node) || linksBefore.get(node.id) !== linksNow.get(node.id));
    })
    .map((node) => node.id);
  const stale = new Set(downstream(now, changed));
  for (const id of stale) if (!known.has(id)) stale.delete(id); // a new block has nothing that could be old
  return stale;
}

/** Whether a block does something else; where it stands and what it is called does not matter. */
function isOther(one: Node, other: Node): boolean {
  if (one === other) return false;
  return essence(one) !== essence(other);
}

function essence(node: Node): string {
  return JSON.stringify([
    node.block_id,
    node.input_default ?? {},
    node.disabled ?? false,
    node.pinned ?? null,
  ]);
}

function incoming(graph: Graph): Map<string, string> {
  const names = new Map<string, string[]>();
  for (const link of graph.links) {
    const list = names.get(link.sink_id) ?? [];
    list.push(`${link.source_id} ${link.source_name} ${link.sink_name}`);
    names.set(link.sink_id, list);
  }
  return new Map([...names].map(([id, list]) => [id, list.sort().join("\n")]));
}
