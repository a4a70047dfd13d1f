import { describe, expect, it } from "vitest";

import { findBlocks, findInGraph } from "@/lib/graph/search";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const text = { type: "string" };
const catalogue = catalogueOf(
  block("Send Mail", [pin("to", text), pin("key", { ...text, secret: true })], [], { provider: "mail" }),
  block("Mail Merge", [pin("rows", { type: "array" })], [pin("texts", { type: "array" })]),
  block("Count", [pin("number", { type: "integer" })], [pin("result", { type: "integer" })]),
);
const names = (found: { block: { name: string } }[]) => found.map((one) => one.block.name);

describe("finding a block to add", () => {
  it("puts what begins so first, and wants every word", () => {
    expect(names(findBlocks(catalogue, "mail"))).toEqual(["Mail Merge", "Send Mail"]);
    expect(names(findBlocks(catalogue, "send ma"))).toEqual(["Send Mail"]);
    expect(findBlocks(catalogue, "send count")).toEqual([]);
  });

  it("puts the shorter of two names first that fit alike", () => {
    const inputs = catalogueOf(block("Agent Date Input", [], []), block("Agent Input", [], []));
    expect(names(findBlocks(inputs, "input"))).toEqual(["Agent Input", "Agent Date Input"]);
  });

  it("leaves out what no pin of it fits, and says which pin does", () => {
    const from = {
      place: { nodeId: "x", side: "output" as const, pin: "rows" },
      pin: pin("rows", { type: "array" }),
    };
    const found = findBlocks(catalogue, "", from);
    expect(found.map((one) => [one.block.name, one.pin])).toEqual([
      ["Mail Merge", "rows"],
      ["Send Mail", "to"],
    ]);
  });

  it("offers no trigger and no input where a value goes on, and no output where it comes from", () => {
    const value = pin("value", text);
    const ends = catalogueOf(
      block("Start", [value], [value], { kind: "trigger" }),
      block("Ask", [value], [value], { kind: "input" }),
      block("Give", [value], [value], { kind: "output" }),
    );
    const at = (side: "input" | "output") => ({ place: { nodeId: "x", side, pin: "value" }, pin: value });
    expect(names(findBlocks(ends, "", at("output")))).toEqual(["Give"]);
    expect(names(findBlocks(ends, "", at("input")))).toEqual(["Ask", "Start"]);
  });
});

describe("finding in a graph", () => {
  const graph = graphOf([
    node("a", "Send Mail", { input_default: { to: "ada@example.com", key: "hunter2" } }),
    node("b", "Count", { metadata: { position: { x: 0, y: 0 }, customized_name: "How many" } }),
  ]);

  it("finds names, kinds and what stands in blocks", () => {
    expect(findInGraph(graph, catalogue, "how m")[0]).toMatchObject({ nodeId: "b", where: "Count" });
    expect(findInGraph(graph, catalogue, "count")[0]?.nodeId).toBe("b");
    expect(findInGraph(graph, catalogue, "ADA@")[0]).toMatchObject({
      nodeId: "a",
      where: "to: ada@example.com",
    });
    expect(findInGraph(graph, catalogue, " ")).toEqual([]);
  });

  it("never shows a secret", () => {
    expect(findInGraph(graph, catalogue, "hunter")).toEqual([]);
  });
});
