import { describe, expect, it } from "vitest";

import { insideOf, nodeSize, pinDrop } from "@/components/canvas/geometry";
import type { NodeView, PinView } from "@/lib/graph/view";

function pin(name: string, changes: Partial<PinView> = {}): PinView {
  return {
    name,
    label: name,
    kind: "text",
    isLinked: false,
    isMissing: false,
    constant: null,
    description: "",
    ...changes,
  };
}

function view(changes: Partial<NodeView> = {}): NodeView {
  return {
    id: "n",
    kind: "block",
    blockId: "b",
    title: "Triage",
    sub: "",
    icon: "split",
    provider: null,
    inputs: [pin("text"), pin("limit")],
    outputs: [pin("answer")],
    more: 0,
    isDisabled: false,
    isPinned: false,
    text: "",
    size: null,
    position: { x: 0, y: 0 },
    ...changes,
  };
}

describe("the size of a block", () => {
  it("is head, rows and foot, and one row more for the pins that are not shown", () => {
    expect(nodeSize(view())).toEqual({ width: 208, height: 2 + 44 + 10 + 44 + 28 });
    expect(nodeSize(view({ more: 3 })).height - nodeSize(view()).height).toBe(22);
  });

  it("grows with its words up to 280", () => {
    const wide = nodeSize(view({ title: "Ask a maintainer what to do" })).width;
    expect(wide).toBeGreaterThan(208);
    expect(nodeSize(view({ title: "x".repeat(90) })).width).toBe(280);
  });

  it("of a note grows with its text, unless a person gave it one", () => {
    const short = nodeSize(view({ kind: "note", text: "Short" })).height;
    expect(nodeSize(view({ kind: "note", text: "long ".repeat(60) })).height).toBeGreaterThan(short);
    expect(nodeSize(view({ kind: "note", size: { width: 300, height: 90 } }))).toEqual({
      width: 300,
      height: 90,
    });
  });
});

describe("where a pin is", () => {
  it("is its row", () => {
    expect(pinDrop(view(), "input", "limit") - pinDrop(view(), "input", "text")).toBe(22);
    expect(pinDrop(view(), "output", "answer")).toBe(pinDrop(view(), "input", "text"));
  });

  it("of a pin without a row is the last row, or the middle", () => {
    expect(pinDrop(view({ more: 1 }), "input", "hidden")).toBe(pinDrop(view(), "input", "limit") + 22);
    const empty = view({ inputs: [], outputs: [] });
    expect(pinDrop(empty, "input", "gone")).toBe(nodeSize(empty).height / 2);
  });
});

it("a group holds the blocks whose middle lies in it", () => {
  const group = { x: 0, y: 0, width: 400, height: 400 };
  const at = (x: number, y: number) => ({ x, y, width: 200, height: 100 });
  const others = new Map([
    ["in", at(100, 100)],
    ["half", at(290, 100)],
    ["out", at(350, 100)],
  ]);
  expect(insideOf(group, others)).toEqual(["in", "half"]);
});
