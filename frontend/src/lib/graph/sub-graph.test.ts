import { expect, it } from "vitest";

import { asBlock } from "@/lib/graph/sub-graph";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const catalogue = catalogueOf(
  block("Text", [pin("name"), pin("value", { type: "string" })], [pin("result")], { kind: "input" }),
  block("Out", [pin("name"), pin("value")], [pin("output")], { kind: "output" }),
);

it("makes pins of the inputs and outputs, required where there is no value", () => {
  const graph = graphOf([
    node("a", "Text", { input_default: { name: "topic", description: "What about" } }),
    node("b", "Text", { input_default: { name: "tone", value: "calm" } }),
    node("c", "Out", { input_default: { name: "summary" } }),
    node("d", "Out", { input_default: { name: "hidden" }, disabled: true }),
  ]);
  expect(asBlock(graph, "child", catalogue)).toMatchObject({
    graph_id: "child",
    agent_name: "Graph",
    input_schema: {
      properties: { topic: { type: "string", description: "What about" }, tone: { type: "string" } },
      required: ["topic"],
    },
    output_schema: { properties: { summary: {} } },
  });
  expect(Object.keys(asBlock(graph, "child", catalogue).output_schema as object)).toEqual([
    "type",
    "properties",
  ]);
});
