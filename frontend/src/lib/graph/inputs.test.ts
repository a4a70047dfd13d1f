import { describe, expect, it } from "vitest";

import type { Node } from "@/lib/autogpt-server-api/types";
import { givenInputs, graphInputs } from "@/lib/graph/inputs";
import { pinsKey, pinsOf } from "@/lib/graph/node-pins";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const maybe = (type: string) => ({ anyOf: [{ type }, { type: "null" }], default: null });
const asks = (name: string, schema: Record<string, unknown>, more = {}) =>
  block(name, [pin("name"), pin("value", schema)], [pin("result")], { kind: "input", ...more });

const catalogue = catalogueOf(
  asks("Text", maybe("string")),
  asks("Toggle", { type: "boolean", default: false }),
  asks("Choice", maybe("string"), { has_dynamic_pins: true }),
  block("Pass", [pin("value")], [pin("output")]),
);

function input(blockId: string, constants: Record<string, unknown>, more: Partial<Node> = {}): Node {
  return node(`${blockId} ${constants.name}`, blockId, { input_default: constants, ...more });
}

function found(nodes: Node[], known = new Map()) {
  return graphInputs(graphOf(nodes), catalogue, (one) => pinsOf(one, catalogue, known));
}

describe("graphInputs", () => {
  it("are the input blocks that have a name and are not switched off, in their order", () => {
    const nodes = [
      input("Toggle", { name: "b" }),
      input("Pass", { name: "no input" }),
      input("Text", { name: "off" }, { disabled: true }),
      input("Text", { name: "" }),
      input("Text", { name: "a" }),
    ];
    expect(found(nodes).map(({ name, schema }) => [name, schema])).toEqual([
      ["b", { type: "boolean", default: false }],
      ["a", maybe("string")],
    ]);
  });

  it("are as the first of those that share a name", () => {
    const nodes = [input("Text", { name: "size", title: "Size" }), input("Toggle", { name: "size" })];
    expect(found(nodes)).toMatchObject([{ name: "size", title: "Size", schema: maybe("string") }]);
  });

  it("are called by their title, else by the block's own name, else by theirs", () => {
    const named = { metadata: { position: { x: 0, y: 0 }, customized_name: "On the canvas" } };
    const nodes = [
      input("Text", { name: "a", title: "Titled" }, named),
      input("Text", { name: "b" }, named),
      input("Text", { name: "c" }),
    ];
    expect(found(nodes).map(({ title }) => title)).toEqual(["Titled", "On the canvas", "c"]);
  });

  it("must be given where the graph has no value of its own", () => {
    const nodes = [
      input("Text", { name: "a" }),
      input("Text", { name: "b", value: "x" }),
      input("Toggle", { name: "c" }),
    ];
    expect(found(nodes).map(({ value, isRequired }) => [value, isRequired])).toEqual([
      [null, true],
      ["x", false],
      [false, false],
    ]);
  });

  it("take the options of a choice from the pins that the server made", () => {
    const choice = input("Choice", { name: "size", options: ["S", "M"] });
    const made = { inputs: [pin("value", { type: "string", enum: ["S", "M"] })], outputs: [] };
    expect(found([choice], new Map([[pinsKey(choice), made]]))[0]?.schema.enum).toEqual(["S", "M"]);
    expect(found([choice])[0]?.schema).toEqual(maybe("string"));
  });
});

describe("givenInputs", () => {
  it("leaves out what is empty, and keeps no, nought and empty lists", () => {
    const values = { no: false, nought: 0, list: [], text: "", nothing: null, cleared: undefined };
    expect(givenInputs(values)).toEqual({ no: false, nought: 0, list: [] });
  });
});
