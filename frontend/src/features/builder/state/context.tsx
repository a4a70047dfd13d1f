// The editor for everything below: one store a page, read by selectors so that a change redraws only what shows it.

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";

import type { Autosave } from "@/features/builder/state/autosave";
import type { Editor, EditorState } from "@/features/builder/state/editor";
import type { Pins } from "@/features/builder/state/pins";
import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import { pinsOf } from "@/lib/graph/node-pins";
import type { NodePins } from "@/lib/graph/pins";

/** What edits the graph. */
export type Workbench = {
  editor: Editor;
  catalogue: Catalogue;
  pins: Pins;
  autosave: Autosave;
};

const WorkbenchContext = createContext<Workbench | null>(null);

export function WorkbenchProvider({ value, children }: { value: Workbench; children: ReactNode }) {
  return <WorkbenchContext value={value}>{children}</WorkbenchContext>;
}

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === null) throw new Error("useWorkbench needs a WorkbenchProvider above it.");
  return workbench;
}

/** A part of the editor's state; redrawn when that part is another. */
export function useEditor<T>(select: (state: EditorState) => T): T {
  return useStore(useWorkbench().editor, select);
}

/** How much can be undone and redone. */
export function useHistory(): { undoable: number; redoable: number } {
  const { editor } = useWorkbench();
  const undoable = useStore(editor.temporal, (history) => history.pastStates.length);
  const redoable = useStore(editor.temporal, (history) => history.futureStates.length);
  return { undoable, redoable };
}

/** A node of the graph with its block and pins; null: it is not there (any more). */
export function useNode(
  nodeId: string | null,
): { node: Node; block: Block | undefined; pins: NodePins } | null {
  const { catalogue, pins } = useWorkbench();
  const node = useEditor((state) =>
    nodeId === null ? undefined : state.graph.nodes.find((one) => one.id === nodeId),
  );
  const known = useStore(pins);
  return node ? { node, block: catalogue.get(node.block_id), pins: pinsOf(node, catalogue, known) } : null;
}
