// Following one item of a list through the graph: which firing of each block worked on it, and where it got lost.

import type { Link } from "@/lib/autogpt-server-api/types";
import { type Firing, type ItemStep, itemKey } from "@/lib/run/course";

/** What is known of a run's firings: the course that its store keeps. */
export type Firings = {
  of: (nodeId: string) => readonly (Firing | undefined)[];
  openers: ReadonlySet<string>;
};

/** An item that a firing gave out. `key` tells it from all others of the run. */
export type Item = {
  key: string;
  nodeId: string;
  /** The firing that gave it out, and the how many-th it was. */
  firing: number;
  index: number;
  path: readonly ItemStep[];
  /** What it was, in a few characters. */
  text: string;
};

/** What a block had to do with an item.
 *
 * `gave`: it gave the item out. `fired`: it worked on it, or on what was made of it. `failed`: there its way ended.
 * `missing`: it did not come here. `outside`: the block stands before the items, or behind where they were collected.
 */
export type Passage =
  | { kind: "gave"; firing: Firing }
  | { kind: "fired" | "failed"; firings: readonly Firing[] }
  | { kind: "missing" }
  | { kind: "outside" };

/** What all items of one firing have in common: from here one chooses. */
export type ItemGroup = { nodeId: string; firing: number; count: number };

/** The firings that gave out items, in the order of the graph. */
export function itemGroups(course: Firings, nodeIds: readonly string[]): ItemGroup[] {
  return nodeIds
    .filter((nodeId) => course.openers.has(nodeId))
    .flatMap((nodeId) =>
      there(course.of(nodeId))
        .filter(({ opened }) => opened.length > 0)
        .map(({ firing, opened }) => ({ nodeId, firing, count: opened.length })),
    );
}

/** The items of a firing, in their order. */
export function itemsOf(course: Firings, nodeId: string, number: number): Item[] {
  const firing = course.of(nodeId)[number];
  if (firing === undefined) return [];
  const ordinal = ordinalOf(course, firing);
  return Array.from(firing.opened, (text, index) => {
    const path = [...firing.item, { node_id: nodeId, ordinal, index }];
    return { key: itemKey(path), nodeId, firing: number, index, path, text: text ?? "" };
  });
}

/** What each block had to do with the item. */
export function follow(
  item: Item,
  course: Firings,
  nodeIds: readonly string[],
  links: readonly Link[],
): ReadonlyMap<string, Passage> {
  const behind = behindOf(item.nodeId, links);
  return new Map(nodeIds.map((nodeId) => [nodeId, passage(nodeId, item, course, behind)]));
}

/** Failures by the key of the item and of all items that it was made from. */
export function failuresByItem(course: Firings, nodeIds: readonly string[]): ReadonlyMap<string, Firing> {
  const failures = new Map<string, Firing>();
  for (const nodeId of nodeIds) {
    for (const firing of there(course.of(nodeId))) {
      if (firing.state !== "failed") continue;
      for (let depth = 1; depth <= firing.item.length; depth += 1) {
        const key = itemKey(firing.item.slice(0, depth));
        if (!failures.has(key)) failures.set(key, firing);
      }
    }
  }
  return failures;
}

function passage(nodeId: string, item: Item, course: Firings, behind: ReadonlySet<string>): Passage {
  const all = there(course.of(nodeId));
  const given = nodeId === item.nodeId ? course.of(nodeId)[item.firing] : undefined;
  if (given) return { kind: "gave", firing: given };
  const firings = all.filter((firing) => firing.itemKey.startsWith(item.key));
  if (firings.length > 0) {
    const isLost = firings.every((firing) => firing.state === "failed");
    return { kind: isLost ? "failed" : "fired", firings };
  }
  const isByItem =
    all.length === 0 || all.some(({ item: path }) => path.some((step) => step.node_id === item.nodeId));
  return { kind: behind.has(nodeId) && isByItem ? "missing" : "outside" };
}

/** The how many-th of the firings with the same path it is. */
function ordinalOf(course: Firings, firing: Firing): number {
  return there(course.of(firing.nodeId)).filter(
    (other) => other.itemKey === firing.itemKey && other.firing < firing.firing,
  ).length;
}

/** Blocks to which values of the block can come. */
function behindOf(nodeId: string, links: readonly Link[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const rest = [nodeId];
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    for (const link of links) {
      if (link.source_id !== id || seen.has(link.sink_id)) continue;
      seen.add(link.sink_id);
      rest.push(link.sink_id);
    }
  }
  return seen;
}

function there(firings: readonly (Firing | undefined)[]): Firing[] {
  return firings.filter((firing) => firing !== undefined);
}
