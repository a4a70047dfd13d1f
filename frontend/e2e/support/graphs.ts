// Graphs that journeys begin with, made of blocks by their names.

import type { Api } from "./test";

type BlockRow = { id: string; name: string };

export type Made = {
  id: string;
  block: string;
  at?: [number, number];
  values?: Record<string, unknown>;
  name?: string;
};

const ids = new Map<string, string>();

async function blockId(api: Api, name: string): Promise<string> {
  if (ids.size === 0) {
    const { items } = await api.send<{ items: BlockRow[] }>("GET", "blocks");
    for (const block of items) ids.set(block.name, block.id);
  }
  const found = ids.get(name);
  if (!found) throw new Error(`There is no block ${name}.`);
  return found;
}

/** A graph of blocks in a row of columns; links as "a.out-b.in". */
export async function graphOf(api: Api, name: string, nodes: readonly Made[], links: readonly string[] = []) {
  return {
    name,
    nodes: await Promise.all(
      nodes.map(async (node, place) => ({
        id: node.id,
        block_id: await blockId(api, node.block),
        input_default: node.values ?? {},
        metadata: {
          position: { x: node.at?.[0] ?? place * 300, y: node.at?.[1] ?? 0 },
          ...(node.name ? { customized_name: node.name } : {}),
        },
      })),
    ),
    links: links.map((text) => {
      const [source = "", sink = ""] = text.split("-");
      const [source_id, source_name] = source.split(".");
      const [sink_id, sink_name] = sink.split(".");
      return { id: text, source_id, source_name, sink_id, sink_name };
    }),
  };
}

/** Asks for a name and greets: an input, a template, an output. */
export function greeting(api: Api, name = "Greeting") {
  return graphOf(
    api,
    name,
    [
      { id: "name", block: "AgentInputBlock", values: { name: "name" }, name: "Name" },
      {
        id: "greet",
        block: "FillTextTemplateBlock",
        values: { format: "Hello, {{ name }}!" },
        name: "Greet",
      },
      { id: "out", block: "AgentOutputBlock", values: { name: "greeting" }, name: "Greeting" },
    ],
    ["name.result-greet.values_#_name", "greet.output-out.value"],
  );
}
