import { renderHook, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type BuilderStart, useBuilder } from "@/features/builder/use-builder";
import { pinsOf } from "@/lib/graph/node-pins";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const made = (inputs: string[]) => ({ inputs: inputs.map((name) => pin(name)), outputs: [], problem: "" });
let answer = made(["old"]);

const server = setupServer(
  http.post("*/api/blocks/pins", () => HttpResponse.json({ items: [answer] })),
  http.put("*/api/graphs/g/draft", () => HttpResponse.json({ revision: 2, problems: [] })),
);
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

function start(revision: number | null, inputs: string[]): BuilderStart {
  const fixed = block(
    "Fixed",
    inputs.map((name) => pin(name)),
    [],
  );
  const catalogue = catalogueOf(fixed, block("Dynamic", [], [], { has_dynamic_pins: true }));
  return {
    graphId: "g",
    draft: {
      graph: graphOf([node("f", "Fixed"), node("d", "Dynamic")]),
      problems: [],
      revision: 1,
      based_on_version: 1,
      is_changed: false,
      saved_at: "2026-01-31T12:00:00Z",
      saved_by: null,
    },
    catalogue: Object.assign(catalogue, { revision }),
    isReadOnly: false,
    mayRun: true,
  };
}

test("blocks that were reloaded give the nodes of the open graph their new pins; its edits stay", async () => {
  const { result, rerender } = renderHook((props: BuilderStart) => useBuilder(props), {
    initialProps: start(1, ["one"]),
  });
  const builder = () => {
    if (result.current === null) throw new Error("There is no builder yet.");
    return result.current.builder;
  };
  const inputsOf = (nodeId: string) => {
    const found = builder()
      .editor.getState()
      .graph.nodes.find((one) => one.id === nodeId);
    if (found === undefined) throw new Error(nodeId);
    return pinsOf(found, builder().catalogue, builder().pins.getState()).inputs.map((one) => one.name);
  };
  await waitFor(() => expect(inputsOf("d")).toEqual(["old"]));
  const { editor, runner } = builder();
  editor.getState().change("Rename", (graph) => ({ ...graph, name: "Changed" }));

  answer = made(["old", "new"]);
  rerender(start(2, ["one", "two"]));
  await waitFor(() => expect(inputsOf("d")).toEqual(["old", "new"]));
  expect(inputsOf("f")).toEqual(["one", "two"]);
  expect(builder().editor).toBe(editor);
  expect(builder().runner).toBe(runner);
  expect(editor.getState().graph.name).toBe("Changed");
});

test("a catalogue that was only read again changes nothing", async () => {
  const { result, rerender } = renderHook((props: BuilderStart) => useBuilder(props), {
    initialProps: start(null, ["one"]),
  });
  await waitFor(() => expect(result.current).not.toBeNull());
  const before = result.current?.builder;
  rerender(start(null, ["one"]));
  expect(result.current?.builder).toBe(before);
});
