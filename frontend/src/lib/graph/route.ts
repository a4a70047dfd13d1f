// The ways of links between blocks: right angles, rounded; those that run side by side keep 8 apart; those that run
// back go between the rows. World units.

import { Obstacles } from "@/lib/graph/route-obstacles";
import { Tracks } from "@/lib/graph/route-tracks";

export type Point = { x: number; y: number };
export type Box = Point & { width: number; height: number };

/** A link that wants a way: its two pins, and the blocks that they are on. */
export type Wire = {
  id: string;
  /** Links of one output share their way as long as they can. */
  trunk: string;
  from: Point;
  to: Point;
  fromBox: Box;
  toBox: Box;
};

export type Route = {
  /** For an SVG path. */
  path: string;
  /** Half way along: for a count, a button. */
  middle: Point;
};

const RADIUS = 10;
/** How far a link runs straight out of a pin before it turns. */
const STUB = 12;
const BACK_STUB = 16;
/** Nearer than this, a link goes around. */
const NEAR = 6;
const LONG = 320;

/** A way for each link, by its id; `boxes` are all the blocks that a long link should not run behind. */
export function routeAll(wires: readonly Wire[], boxes: Iterable<Box>): Map<string, Route> {
  const upright = new Tracks();
  const level = new Tracks();
  const obstacles = new Obstacles(boxes);
  return new Map(
    wires.map((wire) => {
      const isForward = wire.to.x - wire.from.x >= NEAR;
      const course = isForward ? forward(wire, upright, obstacles) : backward(wire, upright, level);
      return [wire.id, { path: rounded(course), middle: middleOf(course) }];
    }),
  );
}

/** The way of one link alone, such as the one that is being drawn. */
export function routeOne(from: Point, to: Point): Route {
  const point = (at: Point): Box => ({ ...at, width: 0, height: 0 });
  const wire = { id: "", trunk: "", from, to, fromBox: point(from), toBox: point(to) };
  const route = routeAll([wire], []).get("");
  return route ?? { path: "", middle: from };
}

function forward({ trunk, from, to, fromBox, toBox }: Wire, upright: Tracks, obstacles: Obstacles): Point[] {
  if (Math.abs(from.y - to.y) < 1) return [from, to];
  const via = (x: number) => [from, { x, y: from.y }, { x, y: to.y }, to];
  const half = (from.x + to.x) / 2;
  const places = to.x - from.x > LONG ? [half, to.x - 2 * STUB, from.x + 2 * STUB] : [half];
  const cuts = places.map((x) => obstacles.cut(via(x), [fromBox, toBox]));
  const at = places[cuts.indexOf(Math.min(...cuts))] ?? half;
  const stub = Math.min(STUB, half - from.x);
  const least = from.x + stub;
  const most = to.x - stub;
  return via(upright.take({ at, least, most, span: [from.y, to.y], owner: trunk }));
}

function backward({ trunk, from, to, fromBox, toBox }: Wire, upright: Tracks, level: Tracks): Point[] {
  const between = rowBetween(fromBox, toBox);
  const out = from.x + BACK_STUB;
  const back = to.x - BACK_STUB;
  const y = level.take({ at: between, least: -Infinity, most: Infinity, span: [back, out], owner: trunk });
  const right = upright.take({ at: out, least: out, most: Infinity, span: [from.y, y], owner: trunk });
  const left = upright.take({ at: back, least: -Infinity, most: back, span: [y, to.y], owner: trunk });
  return [from, { x: right, y: from.y }, { x: right, y }, { x: left, y }, { x: left, y: to.y }, to];
}

/** The height between two blocks; where they stand beside each other, below both. */
function rowBetween(one: Box, other: Box): number {
  const [above, below] = one.y <= other.y ? [one, other] : [other, one];
  const bottom = above.y + above.height;
  if (below.y - bottom >= 2 * STUB) return (bottom + below.y) / 2;
  return Math.max(bottom, below.y + below.height) + BACK_STUB;
}

function rounded(course: readonly Point[]): string {
  const [first, ...rest] = course;
  if (!first) return "";
  const corners = rest
    .slice(0, -1)
    .map((at, place) => corner(course[place] ?? first, at, rest[place + 1] ?? at));
  const last = rest.at(-1) ?? first;
  return `M${first.x} ${first.y}${corners.join("")}L${last.x} ${last.y}`;
}

function corner(before: Point, at: Point, after: Point): string {
  const radius = Math.min(RADIUS, distance(before, at) / 2, distance(at, after) / 2);
  const start = towards(at, before, radius);
  const end = towards(at, after, radius);
  return `L${start.x} ${start.y}Q${at.x} ${at.y} ${end.x} ${end.y}`;
}

function middleOf(course: readonly Point[]): Point {
  const lengths = course.slice(1).map((at, place) => distance(course[place] ?? at, at));
  let rest = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [place, length] of lengths.entries()) {
    const [from, to] = [course[place], course[place + 1]];
    if (from && to && rest <= length) return towards(from, to, rest);
    rest -= length;
  }
  return course[0] ?? { x: 0, y: 0 };
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

/** A point on a line of right angles, `length` from its start. */
function towards(from: Point, to: Point, length: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * Math.min(length, Math.abs(to.x - from.x)),
    y: from.y + Math.sign(to.y - from.y) * Math.min(length, Math.abs(to.y - from.y)),
  };
}
