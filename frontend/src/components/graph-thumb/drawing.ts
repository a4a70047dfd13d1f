// A graph as a small drawing: where the blocks, links and pins of a thumbnail lie. Plain numbers, nothing drawn yet.

import type { Picture } from "@/lib/api/graphs";
import type { Block, Link, Node } from "@/lib/autogpt-server-api/types";
import { position } from "@/lib/graph/model";
import { baseName, ERROR_PIN, type PinKind, pinKind } from "@/lib/graph/pins";

export const WIDTH = 380;
export const HEIGHT = 112;

export type ThumbBlock = {
  id: string;
  kind: "block" | "trigger";
  x: number;
  y: number;
  width: number;
  height: number;
  /** How much of its face fits: nothing, a title, or icon, title and foot. */
  face: 0 | 1 | 2;
};

type ThumbLink = { id: string; path: string; kind: PinKind; from: Point; to: Point };

export type Drawing = { blocks: readonly ThumbBlock[]; links: readonly ThumbLink[]; pinRadius: number };

/** What a drawing must know of the catalogue. */
export type Kinds = ReadonlyMap<string, Pick<Block, "kind" | "outputs">>;

type Point = { x: number; y: number };

/** More blocks than these are no picture any more: the first ones stand for all. */
const MOST_BLOCKS = 300;
/** A block on the canvas, about, with some air. */
const USUAL = { width: 220, height: 150 };
const MARGIN = { x: 18, y: 12 };
/** The largest that a block becomes, and how far apart two neighbours of the canvas stand then. */
const LARGEST = { width: 62, height: 28 };
const LARGEST_SCALE = { x: 94 / 340, y: 40 / 180 };
const FLATTEST = 0.6;

/** `catalogue` may be missing: then kinds are unknown, and pins have no hue. */
export function draw(graph: Picture, catalogue: Kinds | undefined): Drawing {
  const nodes = drawn(graph.nodes, catalogue);
  const blocks = placed(nodes, catalogue);
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const kindOf = kindReader(nodes, catalogue);
  const links = graph.links.flatMap((link) => {
    const source = byId.get(link.source_id);
    const sink = byId.get(link.sink_id);
    if (!source || !sink) return [];
    const from = { x: source.x + source.width, y: source.y + source.height / 2 };
    const to = { x: sink.x, y: sink.y + sink.height / 2 };
    return [{ id: link.id, path: elbow(from, to), kind: kindOf(link), from, to }];
  });
  const height = blocks[0]?.height ?? LARGEST.height;
  return { blocks, links, pinRadius: Math.max(1.25, Math.min(3, height / 7)) };
}

/** Notes and groups are words, not parts of the machine. */
function drawn(nodes: readonly Node[], catalogue: Kinds | undefined): readonly Node[] {
  const machine = nodes.filter((node) => catalogue?.get(node.block_id)?.kind !== "note");
  return machine.slice(0, MOST_BLOCKS);
}

function placed(nodes: readonly Node[], catalogue: Kinds | undefined): readonly ThumbBlock[] {
  if (nodes.length === 0) return [];
  const points = nodes.map(position);
  const [left, right] = range(points.map(({ x }) => x));
  const [top, bottom] = range(points.map(({ y }) => y));
  const scaleX = Math.min(LARGEST_SCALE.x, (WIDTH - 2 * MARGIN.x) / (right - left + USUAL.width));
  const scaleY = Math.min(LARGEST_SCALE.y, (HEIGHT - 2 * MARGIN.y) / (bottom - top + USUAL.height));
  const width = Math.max(3, Math.min(LARGEST.width, scaleX * USUAL.width));
  const height = Math.max(2, Math.min(LARGEST.height, scaleY * USUAL.height, width * FLATTEST));
  const startX = (WIDTH - (right - left) * scaleX - width) / 2;
  const startY = (HEIGHT - (bottom - top) * scaleY - height) / 2;
  return nodes.map((node, place) => ({
    id: node.id,
    kind: catalogue?.get(node.block_id)?.kind === "trigger" ? "trigger" : "block",
    x: round(startX + ((points[place]?.x ?? 0) - left) * scaleX),
    y: round(startY + ((points[place]?.y ?? 0) - top) * scaleY),
    width: round(width),
    height: round(height),
    face: width >= 44 && height >= 20 ? 2 : width >= 20 && height >= 9 ? 1 : 0,
  }));
}

/** A link with right angles: to the middle, up or down, on. Backward it goes below the two. */
export function elbow(from: Point, to: Point): string {
  const gap = to.x - from.x;
  if (gap > 2) return bent([from, { x: from.x + gap / 2, y: from.y }, { x: from.x + gap / 2, y: to.y }, to]);
  const below = Math.max(from.y, to.y) + 14;
  const out = from.x + 6;
  const back = to.x - 6;
  return bent([
    from,
    { x: out, y: from.y },
    { x: out, y: below },
    { x: back, y: below },
    { x: back, y: to.y },
    to,
  ]);
}

const RADIUS = 6;

/** A path through the points, its corners rounded as far as the shorter side lets them. */
function bent(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (!start) return "";
  let path = `M${at(start)}`;
  rest.forEach((corner, place) => {
    const before = points[place];
    const after = points[place + 2];
    if (!before || !after) {
      path += `L${at(corner)}`;
      return;
    }
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    path += `L${at(towards(corner, before, radius))}Q${at(corner)} ${at(towards(corner, after, radius))}`;
  });
  return path;
}

function kindReader(nodes: readonly Node[], catalogue: Kinds | undefined): (link: Link) => PinKind {
  const blockOf = new Map(nodes.map((node) => [node.id, catalogue?.get(node.block_id)]));
  return (link) => {
    if (link.source_name === ERROR_PIN) return "error";
    if (baseName(link.source_name) !== link.source_name) return "any"; // a part of a value: known when it comes
    const pin = blockOf.get(link.source_id)?.outputs.find((output) => output.name === link.source_name);
    return pin ? pinKind(pin) : "any";
  };
}

function range(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y); // all sides are straight
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
