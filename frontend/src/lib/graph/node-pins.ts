// The pins of a node. Most blocks have the same for all; those that make theirs from constants are asked of the server.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import { NO_PINS, type NodePins } from "@/lib/graph/pins";

/** What is known of pins that depend on constants, by `pinsKey`. */
export type KnownPins = ReadonlyMap<string, NodePins>;

const fixed = new WeakMap<Block, NodePins>();

/** The pins of a node; until the server has answered, those of its block without constants. */
export function pinsOf(node: Node, catalogue: Catalogue, known: KnownPins): NodePins {
  const block = catalogue.get(node.block_id);
  if (block === undefined) return NO_PINS;
  return (block.has_dynamic_pins ? known.get(pinsKey(node)) : undefined) ?? fixedPins(block);
}

function fixedPins(block: Block): NodePins {
  const before = fixed.get(block);
  if (before) return before;
  const made = { inputs: block.inputs, outputs: block.outputs };
  fixed.set(block, made);
  return made;
}

const keysOf = new WeakMap<object, string>();

/** What the pins of a node depend on. */
export function pinsKey(node: Node): string {
  const constants = node.input_default ?? {};
  const known = keysOf.get(constants);
  if (known?.startsWith(node.block_id)) return known;
  const made = `${node.block_id} ${JSON.stringify(constants)}`;
  keysOf.set(constants, made);
  return made;
}
