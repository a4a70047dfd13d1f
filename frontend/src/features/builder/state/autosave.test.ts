import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startAutosave } from "@/features/builder/state/autosave";
import { createEditor, undo } from "@/features/builder/state/editor";
import { findUnsaved } from "@/features/builder/state/unsaved";
import { setInput } from "@/lib/graph/edit";
import { graphOf, node } from "@/test/graphs";

const QUIET_MS = 700;

describe("the draft is saved by itself", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("has nothing to save once a change was undone, and keeps nothing in the browser", async () => {
    const asked = vi.spyOn(globalThis, "fetch");
    const editor = createEditor({
      graphId: "g",
      graph: graphOf([node("a")]),
      problems: [],
      isReadOnly: false,
    });
    const autosave = startAutosave(editor, 1);
    editor.getState().change("Set", (graph) => setInput(graph, "a", "in", 1));
    expect(editor.getState().saving).toEqual({ state: "dirty" });
    expect(findUnsaved("g")).not.toBeNull();
    undo(editor);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(editor.getState().saving).toEqual({ state: "saved" });
    expect(findUnsaved("g")).toBeNull();
    expect(asked).not.toHaveBeenCalled();
    autosave.stop();
  });
});
