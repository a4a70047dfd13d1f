// The inputs of a block in the order in which the panel shows them.

import type { Graph, Link, Node, Pin } from "@/lib/autogpt-server-api/types";
import { linksInto } from "@/lib/graph/model";
import { baseName, type NodePins } from "@/lib/graph/pins";
import { isCredentials } from "@/lib/graph/view";

export type SetupField = {
  pin: Pin;
  /** Links that bring the whole value. */
  links: readonly Link[];
  /** Links that bring a part of it, such as `values_#_topic`. */
  parts: readonly Link[];
};

export type Setup = {
  linked: readonly SetupField[];
  own: readonly SetupField[];
  advanced: readonly SetupField[];
  /** How many of the advanced ones have a value of their own. */
  advancedSet: number;
  /** Links to inputs that the block does not have (any more). */
  lost: readonly Link[];
};

export function setupOf(graph: Graph, node: Node, pins: NodePins): Setup {
  const links = linksInto(graph, node.id);
  const constants = node.input_default ?? {};
  const fields = pins.inputs
    .filter((pin) => !isCredentials(pin))
    .map((pin) => ({
      pin,
      links: links.filter((link) => link.sink_name === pin.name),
      parts: links.filter((link) => link.sink_name !== pin.name && baseName(link.sink_name) === pin.name),
    }));
  const free = fields.filter((field) => field.links.length === 0);
  const isFolded = ({ pin, parts }: SetupField) =>
    pin.schema.advanced === true && !pin.is_required && parts.length === 0;
  const advanced = free.filter(isFolded);
  const known = new Set(fields.map(({ pin }) => pin.name));
  return {
    linked: fields.filter((field) => field.links.length > 0),
    own: free.filter((field) => !isFolded(field)),
    advanced,
    advancedSet: advanced.filter(({ pin }) => isSet(constants[pin.name], pin)).length,
    lost: links.filter((link) => !known.has(baseName(link.sink_name))),
  };
}

function isSet(value: unknown, pin: Pin): boolean {
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(pin.schema.default);
}
