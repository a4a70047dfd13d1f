// How the keyboard goes from block to block: to the nearest in a direction, and along the graph.

import { type Box, centre } from "@/components/canvas/geometry";
import type { LinkView } from "@/lib/graph/view";

export type Direction = "up" | "down" | "left" | "right";

export const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

const AHEAD: Record<Direction, readonly [number, number]> = {
  up: [0, -1],
  down: [0, 1],
  left: [-1, 0],
  right: [1, 0],
};

/** How much worse a step aside is than one ahead. */
const ASIDE = 2.5;

/** The nearest in a direction; null: there is none. */
export function neighbour(
  boxes: ReadonlyMap<string, Box>,
  from: string,
  direction: Direction,
): string | null {
  const start = boxes.get(from);
  if (!start) return null;
  const origin = centre(start);
  const [dx, dy] = AHEAD[direction];
  let best: { id: string; cost: number } | null = null;
  for (const [id, box] of boxes) {
    if (id === from) continue;
    const { x, y } = centre(box);
    const ahead = (x - origin.x) * dx + (y - origin.y) * dy;
    const aside = Math.abs((x - origin.x) * dy) + Math.abs((y - origin.y) * dx);
    const cost = ahead + aside * ASIDE;
    if (ahead > 0 && (best === null || cost < best.cost)) best = { id, cost };
  }
  return best?.id ?? null;
}

/** Ids in the order in which values flow; in a circle, and where nothing tells, in the order given. */
export function graphOrder(
  ids: readonly string[],
  links: readonly Pick<LinkView, "source" | "sink">[],
): string[] {
  const waiting = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { source, sink } of links) {
    if (source !== sink && waiting.has(source)) waiting.get(sink)?.add(source);
  }
  const sinks = sinksOf(links);
  const order: string[] = [];
  const ready = ids.filter((id) => waiting.get(id)?.size === 0);
  while (order.length < ids.length) {
    const next = ready.shift() ?? ids.find((id) => waiting.has(id));
    if (next === undefined) break;
    if (!waiting.delete(next)) continue;
    order.push(next);
    for (const sink of sinks.get(next) ?? []) {
      const left = waiting.get(sink);
      if (left?.delete(next) && left.size === 0) ready.push(sink);
    }
  }
  return order;
}

function sinksOf(
  links: readonly Pick<LinkView, "source" | "sink">[],
): ReadonlyMap<string, readonly string[]> {
  const sinks = new Map<string, string[]>();
  for (const { source, sink } of links) {
    const list = sinks.get(source);
    if (list) list.push(sink);
    else sinks.set(source, [sink]);
  }
  return sinks;
}
