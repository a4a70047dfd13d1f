// Parts of a graph as text: copied with the links within, pasted under new ids.

import type { Graph, Link, Node } from "@/lib/autogpt-server-api/types";
import type { Point } from "@/lib/graph/edit";
import { newId, position } from "@/lib/graph/model";
import { isRecord } from "@/lib/values";

/** How the text of a clipboard says that it is ours. */
const MARK = "blockyard/blocks";

export type Part = { nodes: Node[]; links: Link[] };

/** What is chosen, with the links between; without pinned data, which stays with its graph. */
export function partOf(graph: Graph, ids: ReadonlySet<string>): Part {
  return {
    nodes: graph.nodes.filter((node) => ids.has(node.id)),
    links: graph.links.filter((link) => ids.has(link.source_id) && ids.has(link.sink_id)),
  };
}

export function toText(part: Part): string {
  return JSON.stringify({ kind: MARK, ...part }, null, 2);
}

/** Why a text cannot be pasted. */
export class NotPastable extends Error {}

/**
 * The part of a graph that a text holds: one of ours, or a whole graph as it is exported.
 *
 * @throws NotPastable the text is something else; the message says what and what to do. null: it is no JSON at all,
 * and belongs to somebody else.
 */
export function fromText(text: string): Part | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || !Array.isArray(value.nodes)) {
    throw new NotPastable(
      "What is in the clipboard is JSON, but no blocks. Copy blocks here or a whole graph, then paste again.",
    );
  }
  const links: unknown = value.links ?? [];
  const nodes = value.nodes.filter(isNode);
  if (nodes.length < value.nodes.length || !Array.isArray(links) || !links.every(isLink)) {
    throw new NotPastable(
      "The blocks in the clipboard are damaged: an id, a block or an end of a link is missing. Copy them anew.",
    );
  }
  const ids = new Set(nodes.map((node) => node.id));
  if (ids.size < nodes.length)
    throw new NotPastable("Two of the blocks in the clipboard have the same id. Copy them anew.");
  return { nodes, links: links.filter((link) => ids.has(link.source_id) && ids.has(link.sink_id)) };
}

/** The graph with the part in it under new ids, its upper left corner at `at`; and the ids that it got. */
export function paste(graph: Graph, part: Part, at: Point): { graph: Graph; ids: ReadonlySet<string> } {
  const ids = new Map(part.nodes.map((node) => [node.id, newId()]));
  const left = Math.min(...part.nodes.map((node) => position(node).x));
  const top = Math.min(...part.nodes.map((node) => position(node).y));
  const nodes = part.nodes.map((node) => {
    const { x, y } = position(node);
    return {
      ...node,
      id: ids.get(node.id) ?? newId(),
      metadata: {
        ...node.metadata,
        position: { x: Math.round(at.x + x - left), y: Math.round(at.y + y - top) },
      },
    };
  });
  const links = part.links.flatMap((link) => {
    const [source, sink] = [ids.get(link.source_id), ids.get(link.sink_id)];
    return source && sink ? [{ ...link, id: newId(), source_id: source, sink_id: sink }] : [];
  });
  return {
    graph: { ...graph, nodes: [...graph.nodes, ...nodes], links: [...graph.links, ...links] },
    ids: new Set(ids.values()),
  };
}

/** The chosen blocks once more, a little below and to the right. */
export function duplicate(
  graph: Graph,
  chosen: ReadonlySet<string>,
): { graph: Graph; ids: ReadonlySet<string> } {
  const part = partOf(graph, chosen);
  if (part.nodes.length === 0) return { graph, ids: new Set() };
  const left = Math.min(...part.nodes.map((node) => position(node).x));
  const top = Math.min(...part.nodes.map((node) => position(node).y));
  return paste(graph, part, { x: left + 40, y: top + 40 });
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value.id === "string" && typeof value.block_id === "string";
}

function isLink(value: unknown): value is Link {
  return (
    isRecord(value) &&
    [value.source_id, value.source_name, value.sink_id, value.sink_name].every(
      (part) => typeof part === "string",
    )
  );
}
