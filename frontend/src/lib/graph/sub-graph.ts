// A graph as a block of another: what the block remembers of its inputs and outputs.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { graphInputs } from "@/lib/graph/inputs";
import { NO_PINS } from "@/lib/graph/pins";

/** The constants of a block that runs this graph, always in its newest version. */
export function asBlock(graph: Graph, graphId: string, catalogue: Catalogue): Record<string, unknown> {
  const inputs = graphInputs(graph, catalogue, (node) => catalogue.get(node.block_id) ?? NO_PINS);
  const outputs = graph.nodes.flatMap((node) => {
    const name = node.input_default?.name;
    const isOutput = catalogue.get(node.block_id)?.kind === "output" && !node.disabled;
    return isOutput && typeof name === "string" && name !== "" ? [name] : [];
  });
  return {
    graph_id: graphId,
    graph_version: null,
    agent_name: graph.name,
    inputs: {},
    input_schema: {
      type: "object",
      properties: Object.fromEntries(
        inputs.map((input) => [
          input.name,
          { ...input.schema, ...(input.description ? { description: input.description } : {}) },
        ]),
      ),
      required: inputs.filter((input) => input.isRequired).map((input) => input.name),
    },
    output_schema: { type: "object", properties: Object.fromEntries(outputs.map((name) => [name, {}])) },
  };
}
