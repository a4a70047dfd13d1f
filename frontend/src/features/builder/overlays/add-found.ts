// Puts the block that was chosen in the search onto the canvas, linked where it was asked for. One step of the history.

import type { Builder } from "@/features/builder/state/builder";
import type { AddPlace } from "@/features/builder/state/ui";
import type { Block, Graph } from "@/lib/autogpt-server-api/types";
import { addNode, insertOnLink, link, type Point } from "@/lib/graph/edit";
import { fittingPins } from "@/lib/graph/fit";
import { newId, nodeById, position } from "@/lib/graph/model";
import type { Found } from "@/lib/graph/search";

const WIDTH = 208;
/** Of most blocks. */
const HEIGHT = 150;
const GAP = 16;
/** Room for the link between two blocks. */
const BESIDE = 80;

export function addFound(builder: Builder, place: AddPlace, { block, pin }: Found): void {
  const { graph, change, open } = builder.editor.getState();
  const id = newId();
  const made = {
    id,
    blockId: block.id,
    at: place.linkId === undefined ? free(builder, graph, placeFor(place)) : placeFor(place),
    constants: startConstants(block, graph),
  };
  const linkId = place.linkId;
  if (linkId !== undefined && pin !== null) {
    const output = outputFor(graph, linkId, block);
    change(`Add ${block.title}`, (before) =>
      output === null ? addNode(before, made) : insertOnLink(before, linkId, made, { input: pin, output }),
    );
  } else {
    const from = place.from;
    change(`Add ${block.title}`, (before) => {
      const added = addNode(before, made);
      if (!from || pin === null) return added;
      return link(added, from, { nodeId: id, side: from.side === "output" ? "input" : "output", pin });
    });
  }
  open(id);
  requestAnimationFrame(() => builder.canvas()?.focus(id));
}

/** A link dropped from an output puts the block to its right, from an input to its left. */
function placeFor({ at, from }: AddPlace): Point {
  if (from?.side === "input") return { x: at.x - WIDTH, y: at.y - 60 };
  return from ? { x: at.x, y: at.y - 60 } : { x: at.x - WIDTH / 2, y: at.y - 60 };
}

/** The same place, or to the right of the blocks that stand there already. */
function free({ catalogue }: Builder, graph: Graph, at: Point): Point {
  const blocks = graph.nodes.filter((node) => catalogue.get(node.block_id)?.kind !== "note").map(position);
  const covers = (one: Point, other: Point) =>
    Math.abs(one.x - other.x) < WIDTH + GAP && Math.abs(one.y - other.y) < HEIGHT + GAP;
  let point = at;
  for (let there = blocks.find((one) => covers(one, point)); there; ) {
    point = { x: there.x + WIDTH + BESIDE, y: point.y };
    there = blocks.find((one) => covers(one, point));
  }
  return point;
}

/** Input and output blocks need a name of their own: the first that is free. */
function startConstants(block: Block, graph: Graph): Record<string, unknown> {
  if (block.kind !== "input" && block.kind !== "output") return {};
  const taken = new Set(graph.nodes.map((node) => node.input_default?.name));
  const base = block.kind === "input" ? "input" : "output";
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
  return { name };
}

function outputFor(graph: Graph, linkId: string, block: Block): string | null {
  const between = graph.links.find((one) => one.id === linkId);
  if (!between || !nodeById(graph, between.sink_id)) return null;
  const [output] = fittingPins(
    { nodeId: between.sink_id, side: "input", pin: between.sink_name },
    undefined,
    block.outputs,
  );
  return output?.name ?? null;
}
