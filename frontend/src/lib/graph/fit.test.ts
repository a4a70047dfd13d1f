import { describe, expect, it } from "vitest";

import { canFit, fittingPins, refusal, typeName } from "@/lib/graph/fit";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const text = { type: "string" };
const whole = { type: "integer" };
const list = { type: "array", items: { type: "string" } };
const object = { type: "object" };

describe("whether values can fit (the table of backend/data/convert.py)", () => {
  it.each<[Record<string, unknown>, Record<string, unknown>, boolean]>([
    [text, whole, true],
    [whole, text, true],
    [list, whole, false],
    [object, { type: "boolean" }, false],
    [whole, object, false],
    [object, list, true],
    [whole, { type: "array", items: object }, false],
    [{}, object, true],
    [object, {}, true],
    [{ anyOf: [object, whole] }, { type: "number" }, true],
    [whole, { enum: ["a", "7"] }, true],
    [whole, { enum: ["a", "b"] }, false],
    [{ type: ["array", "null"] }, whole, false],
  ])("%o to %o: %s", (source, sink, fits) => expect(canFit(source, sink)).toBe(fits));

  it("follows references", () => {
    const $defs = { Thing: object };
    expect(canFit({ $ref: "#/$defs/Thing", $defs }, whole)).toBe(false);
    expect(typeName({ $ref: "#/$defs/Thing", $defs })).toBe("Object");
  });
});

describe("a refused link", () => {
  const catalogue = catalogueOf(
    block("Lists", [], [pin("all", list), pin("error", text)]),
    block("Counts", [pin("number", whole), pin("note", text)], []),
  );
  const graph = graphOf([node("a", "Lists"), node("b", "Counts")]);
  const context = {
    catalogue,
    pinsOf: (id: string) => catalogue.get(id === "a" ? "Lists" : "Counts") ?? { inputs: [], outputs: [] },
  };
  const from = { nodeId: "a", side: "output" as const, pin: "all" };

  it("says why, whichever end the hand began with", () => {
    const to = { nodeId: "b", side: "input" as const, pin: "number" };
    expect(refusal(graph, from, to, context)?.why).toBe("List does not fit Whole number.");
    expect(refusal(graph, to, from, context)?.why).toBe("List does not fit Whole number.");
    expect(refusal(graph, from, { ...to, pin: "note" }, context)).toBeNull();
  });

  it("is one between two outputs", () => {
    expect(refusal(graph, from, { ...from, pin: "error" }, context)?.why).toMatch(/Two outputs/);
  });

  it("never holds back an error, which goes anywhere", () => {
    const to = { nodeId: "b", side: "input" as const, pin: "number" };
    expect(refusal(graph, { ...from, pin: "error" }, to, context)).toBeNull();
  });

  it("offers the pins of the same type first", () => {
    const candidates = [pin("number", whole), pin("note", text), pin("list", list)];
    expect(fittingPins(from, pin("all", list), candidates).map(({ name }) => name)).toEqual(["list", "note"]);
  });

  it("counts a pin that takes anything among those", () => {
    const candidates = [pin("value", {}), pin("note", text)];
    expect(fittingPins(from, pin("word", text), candidates).map(({ name }) => name)).toEqual([
      "value",
      "note",
    ]);
  });
});
