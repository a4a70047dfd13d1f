// Tidy: blocks in columns from left to right, in the order in which values flow. Notes and groups stay.

import dagre from "@dagrejs/dagre";

import type { Graph } from "@/lib/autogpt-server-api/types";
import type { Point } from "@/lib/graph/edit";
import { position } from "@/lib/graph/model";

export type Sizes = ReadonlyMap<string, { width: number; height: number }>;

const USUAL = { width: 208, height: 140 };
const GRID = 20;

/** Where the blocks go: all of them, or only those of `ids`, whose middle stays where it was. */
export function tidy(
  graph: Graph,
  sizes: Sizes,
  isFixed: (nodeId: string) => boolean,
  ids?: ReadonlySet<string>,
): ReadonlyMap<string, Point> {
  const nodes = graph.nodes.filter((node) => !isFixed(node.id) && (ids === undefined || ids.has(node.id)));
  if (nodes.length === 0) return new Map();
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 84, ranker: "network-simplex" });
  layout.setDefaultEdgeLabel(() => ({}));
  const chosen = new Set(nodes.map((node) => node.id));
  for (const node of nodes) layout.setNode(node.id, { ...(sizes.get(node.id) ?? USUAL) });
  for (const link of graph.links) {
    if (chosen.has(link.source_id) && chosen.has(link.sink_id))
      layout.setEdge(link.source_id, link.sink_id, {}, link.id);
  }
  dagre.layout(layout);
  const corners = new Map(
    nodes.map((node) => {
      const { x, y, width, height } = layout.node(node.id);
      return [node.id, { x: (x ?? 0) - (width ?? 0) / 2, y: (y ?? 0) - (height ?? 0) / 2 }] as const;
    }),
  );
  const before = corner(nodes.map(position));
  const after = corner([...corners.values()]);
  return new Map(
    [...corners].map(([id, at]) => [
      id,
      { x: snapped(at.x - after.x + before.x), y: snapped(at.y - after.y + before.y) },
    ]),
  );
}

function corner(points: readonly Point[]): Point {
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
}

function snapped(value: number): number {
  return Math.round(value / GRID) * GRID;
}
