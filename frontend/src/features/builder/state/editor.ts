// What is being composed: the graph with its history, what is chosen, what the server says of it.
// Only the graph is undone and redone; selection, saving and problems are not part of the history.

import { temporal } from "zundo";
import { createStore, type StoreApi } from "zustand/vanilla";

import type { Graph, Problem } from "@/lib/autogpt-server-api/types";

export type PanelTab = "setup" | "input" | "output" | "errors";

/** Whether the server has what one sees. */
export type Saving =
  | { state: "saved" }
  | { state: "dirty" }
  | { state: "saving" }
  /** The server was not reached, or refused; it is kept in this browser and tried again. */
  | { state: "failed"; message: string }
  /** Somebody else saved meanwhile; nothing is saved until the person has chosen. */
  | { state: "conflict" };

type History = {
  graph: Graph;
  /** What made the graph as it is: "Move 3 blocks". Undo names it. */
  edit: string;
};

export type EditorState = History & {
  graphId: string;
  /** Nobody may change it: a viewer's, or one that is shown as it was. */
  isReadOnly: boolean;
  selection: ReadonlySet<string>;
  /** The block whose panel is open. */
  openNodeId: string | null;
  tab: PanelTab;
  problems: readonly Problem[];
  saving: Saving;
  /** Blocks whose inputs changed since the run that is shown: their figures are old. */
  stale: ReadonlySet<string>;

  /** Change the graph, as one step of the history. The same graph: nothing happens. */
  change: (edit: string, make: (graph: Graph) => Graph) => void;
  select: (ids: Iterable<string>) => void;
  /** Open the panel of a block, which is then the one chosen. */
  open: (nodeId: string, tab?: PanelTab) => void;
  close: () => void;
  setTab: (tab: PanelTab) => void;
  setProblems: (problems: readonly Problem[]) => void;
  setSaving: (saving: Saving) => void;
  setStale: (stale: ReadonlySet<string>) => void;
  /** Another graph in the place of this one, such as a version that was restored. It can be undone. */
  replace: (edit: string, graph: Graph) => void;
};

export type Editor = ReturnType<typeof createEditor>;
export type ReadableEditor = Pick<StoreApi<EditorState>, "getState" | "subscribe">;

const MOST_STEPS = 300;

export function createEditor(start: {
  graphId: string;
  graph: Graph;
  problems: readonly Problem[];
  isReadOnly: boolean;
}) {
  return createStore<EditorState>()(
    temporal(
      (set, get) => ({
        ...start,
        edit: "Open",
        selection: new Set<string>(),
        openNodeId: null,
        tab: "setup",
        saving: { state: "saved" },
        stale: new Set<string>(),

        change: (edit, make) => {
          const { graph, isReadOnly } = get();
          if (isReadOnly) return;
          const made = make(graph);
          if (made !== graph) set({ graph: made, edit, ...withoutGone(get(), made) });
        },
        select: (ids) => {
          const selection = new Set(ids);
          if (!isEqual(selection, get().selection)) set({ selection });
        },
        open: (nodeId, tab) =>
          set({ openNodeId: nodeId, selection: new Set([nodeId]), ...(tab ? { tab } : {}) }),
        close: () => set({ openNodeId: null }),
        setTab: (tab) => set({ tab }),
        setProblems: (problems) => set({ problems }),
        setSaving: (saving) => set({ saving }),
        setStale: (stale) => set({ stale }),
        replace: (edit, graph) => set({ graph, edit, ...withoutGone(get(), graph) }),
      }),
      {
        limit: MOST_STEPS,
        partialize: ({ graph, edit }): History => ({ graph, edit }),
        equality: (before, after) => before.graph === after.graph,
      },
    ),
  );
}

/** Undo the last edit; what it was, null: there was none. */
export function undo(editor: Editor): string | null {
  const { edit } = editor.getState();
  const history = editor.temporal.getState();
  if (history.pastStates.length === 0) return null;
  history.undo();
  editor.setState(withoutGone(editor.getState(), editor.getState().graph));
  return edit;
}

/** Redo what was undone last; what it was, null: there is nothing. */
export function redo(editor: Editor): string | null {
  const history = editor.temporal.getState();
  if (history.futureStates.length === 0) return null;
  history.redo();
  editor.setState(withoutGone(editor.getState(), editor.getState().graph));
  return editor.getState().edit;
}

/** What is chosen and open, less what the graph does not have any more. */
function withoutGone(state: EditorState, graph: Graph): Pick<EditorState, "selection" | "openNodeId"> {
  const there = new Set([...graph.nodes.map((node) => node.id), ...graph.links.map((link) => link.id)]);
  const selection = [...state.selection].every((id) => there.has(id))
    ? state.selection
    : new Set([...state.selection].filter((id) => there.has(id)));
  const openNodeId = state.openNodeId !== null && there.has(state.openNodeId) ? state.openNodeId : null;
  return { selection, openNodeId };
}

function isEqual(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((id) => other.has(id));
}
