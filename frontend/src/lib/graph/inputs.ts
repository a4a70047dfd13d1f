// What a graph asks for when it is started: its input blocks, or the event of a trigger.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph, Node } from "@/lib/autogpt-server-api/types";
import { nodeName } from "@/lib/graph/model";
import type { NodePins } from "@/lib/graph/pins";

export type GraphInput = {
  nodeId: string;
  /** Under which name the run takes it. */
  name: string;
  title: string;
  description: string;
  /** The schema of its value. */
  schema: Record<string, unknown>;
  /** The value that the block has itself. */
  value: unknown;
  isRequired: boolean;
};

export type Start = { nodeId: string; name: string };

/** The inputs of a graph in the order of its blocks; those that share a name are one. */
export function graphInputs(
  graph: Graph,
  catalogue: Catalogue,
  pinsOf: (node: Node) => NodePins,
): GraphInput[] {
  const found = new Map<string, GraphInput>();
  for (const node of graph.nodes) {
    const block = catalogue.get(node.block_id);
    if (block?.kind !== "input" || node.disabled) continue;
    const constants = node.input_default ?? {};
    const name = typeof constants.name === "string" ? constants.name : "";
    const pin = pinsOf(node).inputs.find((one) => one.name === "value");
    if (name === "" || found.has(name)) continue;
    const value = constants.value ?? pin?.schema.default ?? null;
    found.set(name, {
      nodeId: node.id,
      name,
      title:
        typeof constants.title === "string" && constants.title !== ""
          ? constants.title
          : nodeName(node, undefined) === "Unknown block"
            ? name
            : nodeName(node, block),
      description: typeof constants.description === "string" ? constants.description : "",
      schema: { ...pin?.schema, ...(constants.secret === true ? { secret: true } : {}) },
      value,
      isRequired: value === null,
    });
  }
  return [...found.values()];
}

/** The triggers of a graph: each can be what a run begins with. */
export function triggersOf(graph: Graph, catalogue: Catalogue): Start[] {
  return graph.nodes
    .filter((node) => !node.disabled && catalogue.get(node.block_id)?.kind === "trigger")
    .map((node) => ({ nodeId: node.id, name: nodeName(node, catalogue.get(node.block_id)) }));
}

/** Nothing is there to be given: the graph takes what it has itself. */
export function isUngiven(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** What a run gets of what was filled in. */
export function givenInputs(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isUngiven(value)));
}
