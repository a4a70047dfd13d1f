import { describe, expect, it } from "vitest";

import { usedElsewhere } from "@/features/builder/panel/connection-choice";
import { insertValue } from "@/features/builder/panel/insert-value";
import { setupOf } from "@/features/builder/panel/setup-order";
import { sourcesOf } from "@/features/builder/panel/sources";
import { typed } from "@/features/builder/panel/typed";
import { createEditor, undo } from "@/features/builder/state/editor";
import { followPins } from "@/features/builder/state/pins";
import { setInput } from "@/lib/graph/edit";
import { block, catalogueOf, graphOf, node, pin } from "@/test/graphs";

const TEXT = { type: "string" };
const FILL = block(
  "Fill",
  [
    pin("values", { type: "object" }),
    pin("format", { ...TEXT, format: "template" }),
    pin("limit", { type: "integer" }),
  ],
  [pin("out", TEXT)],
);
const GIVE = block("Give", [], [pin("issue", { type: "object" }), pin("names", { type: "array" })]);
const catalogue = catalogueOf(FILL, GIVE);

function open(links: string[] = []) {
  const graph = graphOf(
    [node("g", "Give"), node("t", "Fill"), node("behind", "Fill"), node("far", "Give")],
    links,
  );
  const editor = createEditor({ graphId: "g", graph, problems: [], isReadOnly: false });
  const { pins } = followPins(editor, catalogue);
  return { editor, catalogue, pins };
}

const field = (name: string) => {
  const found = FILL.inputs.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return { nodeId: "t", pin: found, inputs: FILL.inputs, caret: null };
};

describe("a press on an earlier value", () => {
  it("writes the name and makes the link in one step of the history", () => {
    const bench = open();
    const result = insertValue(bench, field("format"), { nodeId: "g", pin: "issue", path: ["title"] });
    expect(result).toEqual({ caret: "{{ title }}".length });
    expect(bench.editor.getState().graph.links).toHaveLength(1);
    undo(bench.editor);
    const { graph } = bench.editor.getState();
    expect([graph.links.length, graph.nodes[1]?.input_default]).toEqual([0, {}]);
  });

  it("links another field, and says why where it does not fit", () => {
    const bench = open();
    expect(insertValue(bench, field("limit"), { nodeId: "g", pin: "names", path: [] })).toEqual({
      why: "List does not fit Whole number.",
    });
    expect(bench.editor.getState().graph.links).toEqual([]);
    insertValue(bench, field("limit"), { nodeId: "g", pin: "issue", path: ["number"] });
    expect(bench.editor.getState().graph.links[0]).toMatchObject({
      source_name: "issue_#_number",
      sink_name: "limit",
    });
  });
});

describe("typing", () => {
  const write = (bench: ReturnType<typeof open>, name: string, value: string, atMs: number) =>
    typed(bench.editor, `t ${name}`, "Change", (graph) => setInput(graph, "t", name, value), atMs);

  it("is one step while one writes on, another after a pause or in another field", () => {
    const bench = open();
    write(bench, "format", "a", 0);
    write(bench, "format", "ab", 500);
    write(bench, "format", "abc", 1_400);
    expect(bench.editor.temporal.getState().pastStates).toHaveLength(1);
    write(bench, "format", "abcd", 3_000);
    write(bench, "values", "x", 3_100);
    expect(bench.editor.temporal.getState().pastStates).toHaveLength(3);
    undo(bench.editor);
    undo(bench.editor);
    expect(bench.editor.getState().graph.nodes[1]?.input_default).toEqual({ format: "abc" });
  });

  it("begins a new step after something else was changed", () => {
    const bench = open();
    write(bench, "format", "a", 0);
    bench.editor.getState().change("Other", (graph) => setInput(graph, "g", "x", 1));
    write(bench, "format", "ab", 100);
    expect(bench.editor.temporal.getState().pastStates).toHaveLength(3);
  });
});

it("offers the blocks before it, the nearest first, and none that wait for it", () => {
  const { editor } = open(["far.issue-g.in", "g.issue-t.values", "t.out-behind.format"]);
  const found = sourcesOf(editor.getState().graph, "t", catalogue);
  expect(found.map(({ node: { id }, distance }) => [id, distance])).toEqual([
    ["g", 1],
    ["far", 2],
  ]);
});

it("sorts inputs into linked, own and advanced", () => {
  const graph = graphOf(
    [node("g", "Give"), node("t", "Fill", { input_default: { b: 2, c: 3 } })],
    ["g.issue-t.a", "g.issue-t.gone", "g.issue-t.d_#_x"],
  );
  const advanced = { advanced: true, default: 3 };
  const inputs = [
    pin("a"),
    pin("b", advanced),
    pin("c", advanced),
    pin("d", advanced),
    pin("e"),
    pin("credentials"),
  ];
  const target = graph.nodes[1] ?? node("none");
  const setup = setupOf(graph, target, { inputs, outputs: [] });
  const names = (fields: typeof setup.own) => fields.map((one) => one.pin.name);
  expect([names(setup.linked), names(setup.own), names(setup.advanced)]).toEqual([
    ["a"],
    ["d", "e"],
    ["b", "c"],
  ]);
  expect(setup.advancedSet).toBe(1);
  expect(setup.lost.map(({ sink_name }) => sink_name)).toEqual(["gone"]);
});

it("prefers the connection that most other blocks use, if it is still there", () => {
  const using = (id: string, credential: string, provider = "github") =>
    node(id, "Any", { input_default: { credentials: { id: credential, provider } } });
  const graph = graphOf([
    using("a", "one"),
    using("b", "two"),
    using("c", "two"),
    using("d", "three", "slack"),
  ]);
  const known = [{ id: "one" }, { id: "two" }, { id: "three" }];
  expect(usedElsewhere(graph, "new", ["github"], known)).toBe("two");
  expect(usedElsewhere(graph, "new", ["github"], [{ id: "one" }])).toBe("one");
  expect(usedElsewhere(graph, "new", ["linear"], known)).toBeNull();
});
