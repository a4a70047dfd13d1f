// Typing: what is written into one field without a pause is one step of the history.

import type { Editor } from "@/features/builder/state/editor";
import type { Graph } from "@/lib/autogpt-server-api/types";

const PAUSE_MS = 1_000;

type Last = { field: string; atMs: number; graph: Graph };
const lasts = new WeakMap<Editor, Last>();

/** Change the graph; the step goes on where the same field was changed less than a second ago, and nothing else since. */
export function typed(
  editor: Editor,
  field: string,
  edit: string,
  make: (graph: Graph) => Graph,
  nowMs = Date.now(),
): void {
  const last = lasts.get(editor);
  const isSameStep =
    last?.field === field && nowMs - last.atMs < PAUSE_MS && last.graph === editor.getState().graph;
  const history = editor.temporal.getState();
  if (isSameStep) history.pause();
  editor.getState().change(edit, make);
  if (isSameStep) history.resume();
  lasts.set(editor, { field, atMs: nowMs, graph: editor.getState().graph });
}
