// A graph as it is composed, and how one finds one's way in it. Values never change: every edit makes a new graph.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Graph, Link, Node } from "@/lib/autogpt-server-api/types";

/** One end of a link, or a pin that something is dropped on. */
export type PinPlace = { nodeId: string; side: "input" | "output"; pin: string };

export function nodeById(graph: Graph, id: string): Node | undefined {
  return graph.nodes.find((node) => node.id === id);
}

/** What people call a block on the canvas: its own name, else its kind's. */
export function nodeName(node: Node, block: Block | undefined): string {
  return node.metadata?.customized_name || block?.title || "Unknown block";
}

/** The names of all blocks of a graph by id. */
export function nodeNames(graph: Graph, catalogue: Catalogue): ReadonlyMap<string, string> {
  return new Map(graph.nodes.map((node) => [node.id, nodeName(node, catalogue.get(node.block_id))]));
}

export function position(node: Node): { x: number; y: number } {
  return { x: node.metadata?.position?.x ?? 0, y: node.metadata?.position?.y ?? 0 };
}

export function linksInto(graph: Graph, nodeId: string): Link[] {
  return graph.links.filter((link) => link.sink_id === nodeId);
}

/** The ids of all blocks from which values come to these, with these. */
export function upstream(graph: Graph, nodeIds: Iterable<string>): ReadonlySet<string> {
  return reach(nodeIds, groupBy(graph.links, "sink_id", "source_id"));
}

/** The ids of all blocks to which values of these go, with these. */
export function downstream(graph: Graph, nodeIds: Iterable<string>): ReadonlySet<string> {
  return reach(nodeIds, groupBy(graph.links, "source_id", "sink_id"));
}

/** An id for a new block or link, at most 64 characters. */
export function newId(): string {
  return crypto.randomUUID();
}

function groupBy(links: readonly Link[], from: "source_id" | "sink_id", to: "source_id" | "sink_id") {
  const groups = new Map<string, string[]>();
  for (const link of links) {
    const group = groups.get(link[from]);
    if (group) group.push(link[to]);
    else groups.set(link[from], [link[to]]);
  }
  return groups;
}

function reach(start: Iterable<string>, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set(start);
  const rest = [...seen];
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    for (const other of next.get(id) ?? []) {
      if (!seen.has(other)) {
        seen.add(other);
        rest.push(other);
      }
    }
  }
  return seen;
}
