// What a graph asks for when a trigger starts it.

import type { Catalogue } from "@/lib/api/catalogue";
import { keys } from "@/lib/api/keys";
import { readPins } from "@/lib/api/node-pins";
import { readGraph } from "@/lib/api/one-graph";
import { query } from "@/lib/api/query";
import { type GraphInput, graphInputs } from "@/lib/graph/inputs";
import { pinsOf } from "@/lib/graph/node-pins";

/** The inputs of the published version; `version` null: of the newest. */
export function graphInputsQuery(graphId: string, version: number | null, catalogue: Catalogue) {
  return query<GraphInput[]>([...keys.graph(graphId), "inputs", version], async ({ signal }) => {
    const graph = await readGraph(graphId, version ?? undefined, signal);
    const asked = graph.nodes.filter((node) => {
      const block = catalogue.get(node.block_id);
      return block?.kind === "input" && block.has_dynamic_pins;
    });
    const pins = await readPins(asked);
    return graphInputs(graph, catalogue, (node) => pinsOf(node, catalogue, pins));
  });
}
