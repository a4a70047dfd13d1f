import { describe, expect, it } from "vitest";

import { createEditor, redo, undo } from "@/features/builder/state/editor";
import { addNode, remove, setInput } from "@/lib/graph/edit";
import { graphOf, node } from "@/test/graphs";

const open = (isReadOnly = false) =>
  createEditor({ graphId: "g", graph: graphOf([node("a"), node("b")]), problems: [], isReadOnly });

describe("the history of an editor", () => {
  it("undoes and redoes a change, and says which", () => {
    const editor = open();
    editor
      .getState()
      .change("Add", (graph) => addNode(graph, { id: "n", blockId: "Pass", at: { x: 0, y: 0 } }));
    editor.getState().change("Set", (graph) => setInput(graph, "n", "in", 1));
    expect(undo(editor)).toBe("Set");
    expect(undo(editor)).toBe("Add");
    expect(editor.getState().graph.nodes).toHaveLength(2);
    expect(undo(editor)).toBeNull();
    expect(redo(editor)).toBe("Add");
    expect(editor.getState().graph.nodes).toHaveLength(3);
  });

  it("has no steps for selection, saving and problems", () => {
    const editor = open();
    editor.getState().select(["a"]);
    editor.getState().setSaving({ state: "saving" });
    editor.getState().setProblems([]);
    editor.getState().open("b");
    expect(editor.temporal.getState().pastStates).toHaveLength(0);
  });

  it("forgets the selection and the panel of what is gone", () => {
    const editor = open();
    editor.getState().open("a");
    editor.getState().change("Delete", (graph) => remove(graph, new Set(["a"])));
    expect(editor.getState().openNodeId).toBeNull();
    expect(editor.getState().selection.size).toBe(0);
  });

  it("changes nothing where nothing may be changed", () => {
    const editor = open(true);
    editor.getState().change("Delete", (graph) => remove(graph, new Set(["a"])));
    expect(editor.getState().graph.nodes).toHaveLength(2);
  });
});
