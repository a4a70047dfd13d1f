// The pins of a run's blocks: those that depend on constants are asked of the server, once.

import type { Catalogue } from "@/lib/api/catalogue";
import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { Graph } from "@/lib/autogpt-server-api/types";
import type { NodePins } from "@/lib/graph/pins";

const MOST_AT_ONCE = 500;

/** By the id of the node; only of those that have others than their block. */
export function ranPinsQuery(graph: Graph, version: number, catalogue: Catalogue) {
  const nodes = graph.nodes.filter((node) => catalogue.get(node.block_id)?.has_dynamic_pins);
  return query<ReadonlyMap<string, NodePins>>(
    [...keys.graph(graph.id ?? ""), "ran", version, "pins"],
    async ({ signal }) => {
      const pins = new Map<string, NodePins>();
      for (let from = 0; from < nodes.length; from += MOST_AT_ONCE) {
        const some = nodes.slice(from, from + MOST_AT_ONCE);
        const body = {
          nodes: some.map((node) => ({ block_id: node.block_id, input_default: node.input_default ?? {} })),
        };
        const { items } = await unwrap(api.POST("/api/blocks/pins", { body, signal }));
        for (const [place, node] of some.entries()) {
          const found = items[place];
          if (found) pins.set(node.id, found);
        }
      }
      return pins;
    },
  );
}
