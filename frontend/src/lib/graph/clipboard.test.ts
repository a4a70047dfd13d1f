import { describe, expect, it } from "vitest";

import { duplicate, fromText, NotPastable, partOf, paste, toText } from "@/lib/graph/clipboard";
import { graphOf, node } from "@/test/graphs";

const graph = graphOf([node("a"), node("b"), node("c")], ["a.out-b.in", "b.out-c.in"]);

describe("the clipboard", () => {
  it("keeps links within what is copied, and those only", () => {
    const part = fromText(toText(partOf(graph, new Set(["a", "b"]))));
    if (part === null) throw new Error("nothing to paste");
    const made = paste(graph, part, { x: 100, y: 50 });
    expect(made.graph.nodes).toHaveLength(5);
    expect(made.graph.links).toHaveLength(3);
    const added = made.graph.links.at(-1);
    expect(made.ids.has(added?.source_id ?? "")).toBe(true);
    expect(made.ids.has(added?.sink_id ?? "")).toBe(true);
    expect(made.graph.nodes.at(-1)?.metadata?.position).toEqual({ x: 100, y: 50 });
  });

  it("gives new ids each time", () => {
    const first = duplicate(graph, new Set(["a"]));
    const second = duplicate(first.graph, new Set(["a"]));
    expect(new Set(second.graph.nodes.map(({ id }) => id)).size).toBe(5);
  });

  it("leaves alone what is no JSON, and says what is wrong with what is", () => {
    expect(fromText("hello")).toBeNull();
    expect(() => fromText('{"a": 1}')).toThrow(NotPastable);
    expect(() => fromText('{"nodes": [{"id": 3}]}')).toThrow(/damaged/);
    const twice = JSON.stringify({ nodes: [node("a"), node("a")] });
    expect(() => fromText(twice)).toThrow(/same id/);
  });

  it("takes a whole exported graph", () => {
    expect(fromText(JSON.stringify(graph))?.nodes).toHaveLength(3);
  });
});
