import { describe, expect, it } from "vitest";

import { draw, elbow, HEIGHT, type Kinds, WIDTH } from "@/components/graph-thumb/drawing";
import type { Picture } from "@/lib/api/graphs";
import type { Link, Node } from "@/lib/autogpt-server-api/types";

function node(id: string, x: number, y: number, blockId = "plain"): Node {
  const policy = {
    on_error: "stop" as const,
    parallel: 10,
    retry: { times: 0, backoff_s: 1, max_backoff_s: 60, kinds: [] },
  };
  return {
    id,
    block_id: blockId,
    disabled: false,
    input_default: {},
    metadata: { position: { x, y } },
    policy,
  };
}

function link(from: string, to: string, pin = "out"): Link {
  return {
    id: `${from}-${to}`,
    source_id: from,
    source_name: pin,
    sink_id: to,
    sink_name: "in",
    is_static: false,
  };
}

const OUT = { name: "out", schema: { type: "number" }, is_each: false, is_required: false };

const CATALOGUE: Kinds = new Map([
  ["plain", { kind: "standard", outputs: [OUT] }],
  ["start", { kind: "trigger", outputs: [OUT] }],
  ["note", { kind: "note", outputs: [] }],
]);

function grid(columns: number, rows: number): Picture {
  const nodes = Array.from({ length: columns * rows }, (_, n) =>
    node(`n${n}`, (n % columns) * 340 - 900, Math.floor(n / columns) * 180 + 4_000),
  );
  return { nodes, links: nodes.slice(1).map((one, n) => link(`n${n}`, one.id)) };
}

describe("every block", () => {
  it.each([
    [1, 1],
    [2, 1],
    [8, 3],
    [1, 9],
    [30, 12],
  ])("of %i columns and %i rows lies within the picture", (columns, rows) => {
    for (const one of draw(grid(columns, rows), CATALOGUE).blocks) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.y).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(WIDTH);
      expect(one.y + one.height).toBeLessThanOrEqual(HEIGHT);
    }
  });

  it("stands beside its neighbours, not on them", () => {
    const { blocks } = draw(grid(6, 3), CATALOGUE);
    const overlaps = blocks.filter((one, n) =>
      blocks.some(
        (other, m) =>
          n !== m &&
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      ),
    );
    expect(overlaps).toEqual([]);
  });

  it("of a small graph keeps its size and stands in the middle", () => {
    const [only] = draw(grid(1, 1), CATALOGUE).blocks;
    expect(only).toMatchObject({ x: (WIDTH - 60.8) / 2, face: 2 });
  });
});

it("leaves out notes and what is linked to nothing that is drawn", () => {
  const picture = {
    nodes: [node("a", 0, 0), node("b", 340, 0, "note")],
    links: [link("a", "b"), link("a", "gone")],
  };
  const { blocks, links } = draw(picture, CATALOGUE);
  expect(blocks.map(({ id }) => id)).toEqual(["a"]);
  expect(links).toEqual([]);
});

it("tells triggers by their outline, and values by their hue", () => {
  const picture = {
    nodes: [node("a", 0, 0, "start"), node("b", 340, 0), node("c", 680, 0)],
    links: [link("a", "b"), link("b", "c", "error")],
  };
  const { blocks, links } = draw(picture, CATALOGUE);
  expect(blocks.map(({ kind }) => kind)).toEqual(["trigger", "block", "block"]);
  expect(links.map(({ kind }) => kind)).toEqual(["number", "error"]);
  expect(draw(picture, undefined).links.map(({ kind }) => kind)).toEqual(["any", "error"]);
});

it("draws an empty graph", () => {
  expect(draw({ nodes: [], links: [] }, CATALOGUE).blocks).toEqual([]);
});

describe("a link", () => {
  it("goes straight between blocks of one row", () => {
    expect(elbow({ x: 80, y: 56 }, { x: 112, y: 56 })).toMatch(/^M80 56.*112 56$/);
    expect(elbow({ x: 80, y: 56 }, { x: 112, y: 56 })).not.toMatch(/NaN|Infinity/);
  });

  it("bends twice between rows", () => {
    expect(elbow({ x: 80, y: 32 }, { x: 112, y: 56 })).toBe(
      "M80 32L90 32Q96 32 96 38L96 50Q96 56 102 56L112 56",
    );
  });

  it("goes below the blocks when it leads back", () => {
    const depths = [...elbow({ x: 200, y: 40 }, { x: 100, y: 50 }).matchAll(/[\d.]+ ([\d.]+)/g)].map((m) =>
      Number(m[1]),
    );
    expect(Math.max(...depths)).toBe(64);
  });
});
