import { describe, expect, it } from "vitest";

import { addNode, insertOnLink, link, move, remove, rename, replaceBlock, setInput } from "@/lib/graph/edit";
import { graphOf, node } from "@/test/graphs";

const row = () => graphOf([node("a"), node("b"), node("c")], ["a.out-b.in", "b.out-c.in"]);
const output = (nodeId: string) => ({ nodeId, side: "output" as const, pin: "out" });
const input = (nodeId: string) => ({ nodeId, side: "input" as const, pin: "in" });

describe("editing a graph", () => {
  it("removes a block with its links, and a link alone", () => {
    const without = remove(row(), new Set(["b"]));
    expect(without.nodes.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(without.links).toEqual([]);
    expect(remove(row(), new Set(["a.out-b.in"])).links.map(({ id }) => id)).toEqual(["b.out-c.in"]);
  });

  it("keeps every block that did not move the very same object", () => {
    const before = row();
    const after = move(before, new Map([["b", { x: 10.4, y: 20 }]]));
    expect(after.nodes[0]).toBe(before.nodes[0]);
    expect(after.nodes[1]?.metadata?.position).toEqual({ x: 10, y: 20 });
    expect(move(before, new Map([["b", { x: 0.2, y: 0 }]]))).toBe(before);
  });

  it("links in either direction, once, and gives an input its new source", () => {
    const linked = link(row(), input("c"), output("a"));
    expect(linked.links.map(({ source_id, sink_id }) => source_id + sink_id)).toEqual(["ab", "ac"]);
    expect(link(linked, output("a"), input("c"))).toBe(linked);
  });

  it("puts a block on a link", () => {
    const made = { id: "n", blockId: "Pass", at: { x: 5, y: 5 } };
    const graph = insertOnLink(row(), "a.out-b.in", made, { input: "in", output: "out" });
    expect(graph.links.map(({ source_id, sink_id }) => source_id + sink_id).sort()).toEqual([
      "an",
      "bc",
      "nb",
    ]);
  });

  it("takes a constant away with undefined, and keeps null", () => {
    const given = setInput(row(), "a", "in", 3);
    expect(given.nodes[0]?.input_default).toEqual({ in: 3 });
    expect(setInput(given, "a", "in", null).nodes[0]?.input_default).toEqual({ in: null });
    expect(setInput(given, "a", "in", undefined).nodes[0]?.input_default).toEqual({});
  });

  it("gives back the usual name for an empty one", () => {
    const named = rename(row(), "a", "  First ");
    expect(named.nodes[0]?.metadata?.customized_name).toBe("First");
    expect(rename(named, "a", " ").nodes[0]?.metadata?.customized_name).toBeNull();
  });

  it("keeps what fits when another block takes the place of one", () => {
    const graph = setInput(setInput(row(), "b", "in", 1), "b", "other", 2);
    const changed = replaceBlock(graph, "b", "Other", { inputs: new Set(["in"]), outputs: new Set() });
    expect(changed.nodes[1]).toMatchObject({ block_id: "Other", input_default: { in: 1 } });
    expect(changed.links.map(({ id }) => id)).toEqual(["a.out-b.in"]);
  });

  it("adds a block at whole numbers", () => {
    const graph = addNode(row(), { id: "n", blockId: "Pass", at: { x: 1.6, y: 2.2 } });
    expect(graph.nodes.at(-1)?.metadata?.position).toEqual({ x: 2, y: 2 });
  });
});
