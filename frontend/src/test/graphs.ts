// Small graphs and blocks for tests.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Graph, Link, Node, Pin } from "@/lib/autogpt-server-api/types";
import { PLAIN_POLICY } from "@/lib/graph/edit";

export function pin(name: string, schema: Record<string, unknown> = {}, more: Partial<Pin> = {}): Pin {
  return { name, schema, is_required: false, is_each: false, ...more };
}

export function block(name: string, inputs: Pin[], outputs: Pin[], more: Partial<Block> = {}): Block {
  return {
    id: name,
    name,
    title: name,
    description: `What ${name} does`,
    kind: "standard",
    categories: ["basic"],
    icon: "braces",
    provider: null,
    quality: null,
    differences: [],
    inputs,
    outputs,
    credentials: [],
    has_dynamic_pins: false,
    execution: "inline",
    is_pure: true,
    is_static_output: false,
    is_collecting: false,
    is_at_most_once: false,
    order: "source",
    costs: [],
    ...more,
  };
}

export function catalogueOf(...blocks: Block[]): Catalogue {
  return new Map(blocks.map((one) => [one.id, one]));
}

export function node(id: string, blockId = "Pass", more: Partial<Node> = {}): Node {
  return {
    id,
    block_id: blockId,
    input_default: {},
    metadata: { position: { x: 0, y: 0 } },
    policy: PLAIN_POLICY,
    disabled: false,
    ...more,
  };
}

/** "a.out-b.in" */
export function linkOf(text: string): Link {
  const [source = "", sink = ""] = text.split("-");
  const [source_id = "", source_name = ""] = source.split(".");
  const [sink_id = "", sink_name = ""] = sink.split(".");
  return { id: text, source_id, source_name, sink_id, sink_name, is_static: false };
}

export function graphOf(nodes: Node[], links: string[] = []): Graph {
  return {
    id: "g",
    version: 1,
    name: "Graph",
    description: "",
    nodes,
    links: links.map(linkOf),
    limits: { max_active_s: null, max_cost_usd_micros: null, max_firings: null, max_waiting_values: null },
    sub_graphs: [],
  };
}
