import { describe, expect, it } from "vitest";

import type { Box } from "@/components/canvas/geometry";
import { graphOrder, neighbour } from "@/components/canvas/neighbours";

const at = (x: number, y: number): Box => ({ x, y, width: 208, height: 120 });

describe("neighbour", () => {
  const boxes = new Map([
    ["middle", at(300, 300)],
    ["right", at(600, 320)],
    ["far right", at(900, 300)],
    ["below", at(320, 520)],
    ["slanted", at(600, 900)],
  ]);

  it("is the nearest straight ahead", () => {
    expect(neighbour(boxes, "middle", "right")).toBe("right");
    expect(neighbour(boxes, "middle", "down")).toBe("below");
    expect(neighbour(boxes, "right", "left")).toBe("middle");
  });

  it("is found aside when nothing is ahead", () => {
    expect(neighbour(boxes, "below", "down")).toBe("slanted");
  });

  it("is none at the edge, and none of an unknown block", () => {
    expect(neighbour(boxes, "middle", "left")).toBeNull();
    expect(neighbour(boxes, "gone", "left")).toBeNull();
  });
});

describe("the order of Tab", () => {
  const link = (source: string, sink: string) => ({ source, sink });

  it("follows the links", () => {
    const links = [link("b", "a"), link("c", "b"), link("c", "d")];
    expect(graphOrder(["a", "b", "c", "d"], links)).toEqual(["c", "b", "d", "a"]);
  });

  it("has every block once, in circles and alone too", () => {
    const links = [link("a", "b"), link("b", "a"), link("b", "c"), link("c", "c")];
    expect(graphOrder(["alone", "a", "b", "c"], links)).toEqual(["alone", "a", "b", "c"]);
  });
});
