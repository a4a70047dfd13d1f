import { describe, expect, it } from "vitest";

import { type Box, type Point, routeAll, routeOne, type Wire } from "@/lib/graph/route";

const SIZE = { width: 200, height: 140 };

function wire(id: string, fromBox: Point, toBox: Point, drop = 70, trunk = id): Wire {
  const [from, to] = [boxAt(fromBox), boxAt(toBox)];
  return {
    id,
    trunk,
    from: { x: from.x + from.width, y: from.y + drop },
    to: { x: to.x, y: to.y + drop },
    fromBox: from,
    toBox: to,
  };
}

function boxAt(at: Point): Box {
  return { ...at, ...SIZE };
}

/** The points of a path, corners included. */
function points(path: string): Point[] {
  return [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

function uprights(path: string): number[] {
  const all = points(path);
  const found = all.filter((point, place) => {
    const next = all[place + 1];
    return next && next.x === point.x && Math.abs(next.y - point.y) > 20;
  });
  return found.map(({ x }) => x);
}

describe("the way of a link", () => {
  it("is straight between pins of one height", () => {
    expect(routeOne({ x: 0, y: 10 }, { x: 100, y: 10 })).toEqual({
      path: "M0 10L100 10",
      middle: { x: 50, y: 10 },
    });
  });

  it("has right angles with rounded corners and turns half way", () => {
    const { path, middle } = routeOne({ x: 0, y: 0 }, { x: 100, y: 80 });
    expect(path).toBe("M0 0L40 0Q50 0 50 10L50 70Q50 80 60 80L100 80");
    expect(middle).toEqual({ x: 50, y: 40 });
  });

  it("goes back between the two rows", () => {
    const back = wire("back", { x: 400, y: 0 }, { x: 100, y: 300 });
    const path = routeAll([back], []).get("back")?.path ?? "";
    const heights = points(path).map(({ y }) => y);
    expect(heights).toContain(220);
    expect(Math.max(...points(path).map(({ x }) => x))).toBeGreaterThan(back.from.x);
    expect(Math.min(...points(path).map(({ x }) => x))).toBeLessThan(back.to.x);
  });

  it("goes below both blocks where they stand side by side", () => {
    const back = wire("back", { x: 400, y: 0 }, { x: 100, y: 40 });
    const lowest = Math.max(...points(routeAll([back], []).get("back")?.path ?? "").map(({ y }) => y));
    expect(lowest).toBeGreaterThan(180);
  });

  it("runs behind no block where another way is free", () => {
    const long = wire("long", { x: 0, y: 0 }, { x: 1000, y: 400 });
    const inTheWay = { x: 540, y: 200, width: 120, height: 120 };
    const [at] = uprights(routeAll([long], [inTheWay]).get("long")?.path ?? "");
    expect(at).toBeDefined();
    expect(at === undefined || at < 540 || at > 660).toBe(true);
  });
});

describe("siblings", () => {
  it("of different pins keep 8 apart where they run side by side", () => {
    const wires = [0, 22, 44].map((drop) => wire(`pin ${drop}`, { x: 0, y: 0 }, { x: 300, y: 400 }, drop));
    const places = [...routeAll(wires, []).values()].flatMap(({ path }) => uprights(path));
    const sorted = [...places].sort((a, b) => a - b);
    expect(sorted).toHaveLength(3);
    expect(sorted.every((at, place) => place === 0 || at - (sorted[place - 1] ?? 0) >= 8)).toBe(true);
  });

  it("of one pin share their way", () => {
    const wires = [300, 500].map((y) => wire(`to ${y}`, { x: 0, y: 0 }, { x: 300, y }, 70, "same pin"));
    const places = [...routeAll(wires, []).values()].flatMap(({ path }) => uprights(path));
    expect(new Set(places).size).toBe(1);
  });

  it("that run nowhere side by side are not shifted", () => {
    const upper = wire("upper", { x: 0, y: 0 }, { x: 300, y: 100 });
    const lower = wire("lower", { x: 0, y: 600 }, { x: 300, y: 700 });
    const places = [...routeAll([upper, lower], []).values()].flatMap(({ path }) => uprights(path));
    expect(places).toEqual([250, 250]);
  });
});
