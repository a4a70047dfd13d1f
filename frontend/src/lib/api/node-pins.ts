// The pins that nodes have with their constants, as the server makes them.

import { api, unwrap } from "@/lib/api/client";
import type { Node } from "@/lib/autogpt-server-api/types";
import { type KnownPins, pinsKey } from "@/lib/graph/node-pins";
import { NO_PINS, type NodePins } from "@/lib/graph/pins";

const MOST_AT_ONCE = 500;

/** The pins of these nodes; where there are none, nothing is asked. */
export async function readPins(nodes: readonly Node[]): Promise<KnownPins> {
  const pins = new Map<string, NodePins>();
  for (let start = 0; start < nodes.length; start += MOST_AT_ONCE) {
    const some = nodes.slice(start, start + MOST_AT_ONCE);
    const body = {
      nodes: some.map((node) => ({ block_id: node.block_id, input_default: node.input_default ?? {} })),
    };
    const { items } = await unwrap(api.POST("/api/blocks/pins", { body }));
    for (const [place, node] of some.entries()) pins.set(pinsKey(node), items[place] ?? NO_PINS);
  }
  return pins;
}
