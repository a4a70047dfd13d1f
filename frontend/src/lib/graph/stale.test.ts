import { expect, it } from "vitest";

import { link, move, rename, setInput } from "@/lib/graph/edit";
import { staleNodes } from "@/lib/graph/stale";
import { graphOf, node } from "@/test/graphs";

const before = graphOf([node("a"), node("b"), node("c")], ["a.out-b.in"]);

it("marks what was changed and all behind it", () => {
  expect(staleNodes(before, setInput(before, "a", "x", 1))).toEqual(new Set(["a", "b"]));
  expect(staleNodes(before, setInput(before, "b", "x", 1))).toEqual(new Set(["b"]));
});

it("marks what has another source now", () => {
  const linked = link(
    before,
    { nodeId: "b", side: "output", pin: "out" },
    { nodeId: "c", side: "input", pin: "in" },
  );
  expect(staleNodes(before, linked)).toEqual(new Set(["c"]));
});

it("does not mind where a block stands or what it is called", () => {
  const moved = rename(move(before, new Map([["a", { x: 90, y: 0 }]])), "a", "First");
  expect(staleNodes(before, moved)).toEqual(new Set());
});
