import { expect, it } from "vitest";

import { credentialNeeds, lacking } from "@/lib/graph/needs";
import { block, catalogueOf, graphOf, node } from "@/test/graphs";

const field = (more: object = {}) => ({
  name: "credentials",
  description: "",
  providers: ["github"],
  kinds: ["api_key"],
  scopes: [],
  is_required: true,
  discriminator: null,
  discriminator_mapping: null,
  ...more,
});
const catalogue = catalogueOf(
  block("Issues", [], [], { credentials: [field({ scopes: ["repo"] })] }),
  block("Labels", [], [], { credentials: [field()] }),
  block("Http", [], [], { credentials: [field({ providers: ["http"], is_required: false })] }),
);
const github = { credentials: { id: "c1", provider: "github", type: "api_key", title: "Mine" } };

it("asks once for what several blocks take", () => {
  const graph = graphOf([
    node("a", "Issues"),
    node("b", "Labels", { input_default: github }),
    node("c", "Http"),
  ]);
  const needs = credentialNeeds(graph, catalogue);
  expect(needs).toHaveLength(1);
  expect(needs[0]).toMatchObject({ scopes: ["repo"], chosenId: null });
  expect(needs[0]?.places.map(({ nodeId }) => nodeId)).toEqual(["a", "b"]);
  expect(lacking(needs)).toBe(1);
});

it("knows the connection that all of them have, and leaves out disabled blocks", () => {
  const graph = graphOf([
    node("a", "Issues", { input_default: github }),
    node("b", "Labels", { input_default: github }),
    node("c", "Labels", { disabled: true }),
  ]);
  const needs = credentialNeeds(graph, catalogue);
  expect(needs[0]?.chosenId).toBe("c1");
  expect(lacking(needs)).toBe(0);
});
