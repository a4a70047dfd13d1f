// Saves the draft a moment after each change. Undo never waits for it and is never undone by it: an answer of the server
// changes the revision and the problems, not the graph.

import type { Editor } from "@/features/builder/state/editor";
import { forgetUnsaved, keepUnsaved } from "@/features/builder/state/unsaved";
import { ApiError, api, unwrap } from "@/lib/api/client";
import type { Graph } from "@/lib/autogpt-server-api/types";

const QUIET_MS = 700;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

export type Autosave = {
  /** Save now what is not saved; resolves when the server has it.
   *
   * @throws ApiError it could not be saved.
   */
  flush: () => Promise<void>;
  /** After a conflict: what one sees goes over what somebody else saved. */
  overwrite: () => Promise<void>;
  /** The draft was written in another way (a version restored): go on from this revision. */
  rebase: (revision: number, graph: Graph) => void;
  stop: () => void;
};

export function startAutosave(editor: Editor, revision: number): Autosave {
  let known = revision;
  let saved = editor.getState().graph;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let retryMs = FIRST_RETRY_MS;
  let isStopped = false;

  const unsubscribe = editor.subscribe((state, before) => {
    if (state.graph === before.graph || state.graph === saved || state.saving.state === "conflict") return;
    keepUnsaved(state.graphId, state.graph, known);
    if (state.saving.state !== "dirty") state.setSaving({ state: "dirty" });
    schedule(QUIET_MS);
  });

  function schedule(afterMs: number): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void save().catch(() => undefined), afterMs);
  }

  async function save(): Promise<void> {
    clearTimeout(timer);
    while (running) await running;
    if (editor.getState().graph === saved) backToSaved();
    if (editor.getState().graph === saved || editor.getState().isReadOnly) return;
    running = put().finally(() => {
      running = null;
    });
    await running;
  }

  /** What was changed has been undone before it was saved. */
  function backToSaved(): void {
    const { graphId, saving, setSaving } = editor.getState();
    if (saving.state === "saved" || saving.state === "conflict") return;
    forgetUnsaved(graphId);
    setSaving({ state: "saved" });
  }

  async function put(): Promise<void> {
    const { graph, graphId, setSaving } = editor.getState();
    setSaving({ state: "saving" });
    try {
      const answer = await unwrap(
        api.PUT("/api/graphs/{graph_id}/draft", {
          params: { path: { graph_id: graphId }, header: { "If-Match": `"${known}"` } },
          body: graph,
        }),
      );
      known = answer.revision;
      saved = graph;
      retryMs = FIRST_RETRY_MS;
      editor.getState().setProblems(answer.problems);
      const isStill = editor.getState().graph === graph;
      if (isStill) forgetUnsaved(graphId);
      setSaving({ state: isStill ? "saved" : "dirty" });
      if (!isStill) schedule(QUIET_MS);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) setSaving({ state: "conflict" });
      else {
        setSaving({
          state: "failed",
          message: error instanceof Error ? error.message : "It could not be saved.",
        });
        schedule(retryMs);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      }
      throw error;
    }
  }

  return {
    flush: save,
    overwrite: async () => {
      const { graphId } = editor.getState();
      const draft = await unwrap(
        api.GET("/api/graphs/{graph_id}/draft", { params: { path: { graph_id: graphId } } }),
      );
      known = draft.revision;
      editor.getState().setSaving({ state: "dirty" });
      await save();
    },
    rebase: (newRevision, graph) => {
      known = newRevision;
      saved = graph;
      clearTimeout(timer);
      forgetUnsaved(editor.getState().graphId);
      editor.getState().setSaving({ state: "saved" });
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
