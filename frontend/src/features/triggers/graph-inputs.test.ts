import { describe, expect, it } from "vitest";

import {
  asText,
  type GraphInput,
  graphInputs,
  type InputBlock,
  readInputs,
} from "@/features/triggers/graph-inputs";
import type { Node } from "@/lib/autogpt-server-api/types";

function block(id: string, valueSchema: Record<string, unknown>, kind = "input"): [string, InputBlock] {
  return [id, { kind, inputs: [{ name: "value", schema: valueSchema, is_required: false, is_each: false }] }];
}

function node(blockId: string, constants: Record<string, unknown>, disabled = false): Node {
  return {
    id: `${blockId} ${constants.name}`,
    block_id: blockId,
    input_default: constants,
    disabled,
    metadata: { position: { x: 0, y: 0 } },
    policy: {
      on_error: "stop",
      parallel: 10,
      retry: { backoff_s: 1, kinds: [], max_backoff_s: 60, times: 0 },
    },
  };
}

const maybe = (type: string, rest = {}) => ({ anyOf: [{ type }, { type: "null" }], default: null, ...rest });
const BLOCKS = new Map([
  block("text", maybe("string")),
  block("long", maybe("string", { format: "long-text" })),
  block("number", maybe("integer")),
  block("toggle", { type: "boolean", default: false }),
  block("date", maybe("string", { format: "date" })),
  block("table", maybe("array")),
  block("any", { default: null }),
  block("other", maybe("string"), "standard"),
]);

describe("graphInputs", () => {
  it("finds the kind of each by its block", () => {
    const nodes = [...BLOCKS.keys()].map((id) => node(id, { name: id }));
    const found = graphInputs(nodes, BLOCKS).map(({ name, kind }) => [name, kind]);
    expect(found).toEqual([
      ["text", "text"],
      ["long", "long-text"],
      ["number", "number"],
      ["toggle", "toggle"],
      ["date", "date"],
      ["table", "json"],
      ["any", "json"],
    ]);
  });

  it("offers a choice where there are options, and takes each name once", () => {
    const nodes = [
      node("text", { name: "size", options: ["S", "M"], title: "Size" }),
      node("any", { name: "size" }),
    ];
    expect(graphInputs(nodes, BLOCKS)).toMatchObject([
      { name: "size", title: "Size", kind: "choice", options: ["S", "M"] },
    ]);
  });

  it("must be given where the graph has no value of its own", () => {
    const nodes = [
      node("text", { name: "a" }),
      node("text", { name: "b", value: "x" }),
      node("toggle", { name: "c" }),
    ];
    expect(graphInputs(nodes, BLOCKS).map((input) => input.preset)).toEqual([undefined, "x", false]);
  });

  it("leaves out blocks that are switched off", () => {
    expect(graphInputs([node("text", { name: "a" }, true)], BLOCKS)).toEqual([]);
  });
});

describe("readInputs", () => {
  const input = (name: string, kind: GraphInput["kind"]): GraphInput => ({
    name,
    kind,
    title: name,
    description: "",
    options: [],
    preset: undefined,
  });

  it("reads each text by its kind, and leaves out what is empty", () => {
    const inputs = [
      input("t", "text"),
      input("n", "number"),
      input("j", "json"),
      input("b", "toggle"),
      input("e", "text"),
    ];
    const { values, errors } = readInputs(inputs, { t: "12", n: "12", j: '{"a": [1]}', b: false, e: "" });
    expect(values).toEqual({ t: "12", n: 12, j: { a: [1] }, b: false });
    expect(errors).toEqual({});
  });

  it("takes what is not JSON as text", () => {
    expect(readInputs([input("j", "json")], { j: "plain words" }).values).toEqual({ j: "plain words" });
  });

  it("refuses a number that is none", () => {
    const { values, errors } = readInputs([input("n", "number")], { n: "twelve" });
    expect(values).toEqual({});
    expect(errors.n).toContain("twelve");
  });

  it("goes back and forth", () => {
    const value = { a: [1, "x"] };
    expect(readInputs([input("j", "json")], { j: asText(value, "json") }).values).toEqual({ j: value });
    expect(asText(undefined, "toggle")).toBe(false);
    expect(asText(5, "number")).toBe("5");
  });
});
