// Runs of the draft, started from the canvas: all of it, up to a block, one block alone with what came before.

import { createStore, type StoreApi } from "zustand/vanilla";

import { tell, tellError } from "@/components/ui/toast";
import type { Autosave } from "@/features/builder/state/autosave";
import type { Editor } from "@/features/builder/state/editor";
import { ApiError } from "@/lib/api/client";
import { cancelRun } from "@/lib/api/runs";
import { outputsOf, startRun } from "@/lib/api/starting";
import type { Graph, RunRequest, RunStatus } from "@/lib/autogpt-server-api/types";
import { setPinned } from "@/lib/graph/edit";
import { staleNodes } from "@/lib/graph/stale";
import type { RunStore } from "@/lib/run/store";

/** With what a run was started: the next one begins with the same. */
export type Beginning = { inputs: Record<string, unknown>; triggerNode: string | null };

export type RunnerState = {
  /** The run that the canvas shows; null: none yet. */
  runId: string | null;
  store: RunStore | null;
  /** Ends following it. */
  unfollow: () => void;
  /** The graph as that run has it: what differs from it is stale. */
  graph: Graph | null;
  beginning: Beginning;
  isStarting: boolean;
};

/** What the runner needs of the page around it. */
export type RunnerWorld = {
  editor: Editor;
  autosave: Autosave;
  mayRun: () => boolean;
  /** Opens the live state of a run of this graph, and how to end that. */
  follow: (runId: string, graph: Graph) => { store: RunStore; unfollow: () => void };
  /** What people call a block. */
  nameOf: (nodeId: string) => string;
  /** The outputs that a block has, by name. */
  outputPins: (nodeId: string) => readonly string[];
  /** Whether the person must say first what to begin with. */
  needsBeginning: (untilNode: string | null) => boolean;
  askBeginning: (then: (beginning: Beginning) => void) => void;
};

export type Runner = {
  state: StoreApi<RunnerState>;
  mayRun: () => boolean;
  mayRetry: () => boolean;
  isGoingOn: () => boolean;
  hasOutput: (nodeId: string | null) => boolean;
  runAll: () => Promise<void>;
  /** Run all that leads to a block, with what the last run has of it. */
  runTo: (nodeId: string | null) => Promise<void>;
  /** Run one block alone, on what came to it in the last run; without one, up to it. */
  runOnly: (nodeId: string | null) => Promise<void>;
  runWith: (beginning: Beginning) => Promise<void>;
  /** Take what a block gave in the run that is shown, from now on, instead of running it. */
  pinOutput: (nodeId: string | null) => Promise<void>;
  /** The same for every block that completed: one step of the history. */
  pinAll: () => Promise<void>;
  retry: () => Promise<void>;
  stop: () => Promise<void>;
  /** Show a run that there was. `graph`: as it had it. */
  show: (runId: string, graph: Graph, beginning: Beginning) => void;
  close: () => void;
};

const MOST_PINNED = 1_000;
const GOING_ON: ReadonlySet<RunStatus> = new Set<RunStatus>(["queued", "running", "waiting"]);
const RETRYABLE: ReadonlySet<RunStatus> = new Set<RunStatus>([
  "failed",
  "cancelled",
  "completed_with_errors",
]);

export function makeRunner(world: RunnerWorld): Runner {
  const { editor, autosave } = world;
  const state = createStore<RunnerState>(() => ({
    runId: null,
    store: null,
    unfollow: () => undefined,
    graph: null,
    beginning: { inputs: {}, triggerNode: null },
    isStarting: false,
  }));
  const status = () => state.getState().store?.totals().status ?? null;

  const markStale = () => {
    const { graph } = state.getState();
    editor.getState().setStale(graph ? staleNodes(graph, editor.getState().graph) : new Set());
  };
  const unsubscribe = editor.subscribe((now, before) => {
    if (now.graph !== before.graph) markStale();
  });

  const show = (runId: string, graph: Graph, beginning: Beginning) => {
    state.getState().unfollow();
    state.setState({ runId, graph, beginning, ...world.follow(runId, graph) });
    markStale();
  };

  const start = async (request: Partial<RunRequest>, beginning: Beginning) => {
    if (state.getState().isStarting) return;
    state.setState({ isStarting: true });
    try {
      await autosave.flush();
      const { graphId, graph } = editor.getState();
      const runId = await startRun(graphId, {
        version: "draft",
        ...(request.from_run ? {} : begun(beginning)),
        ...request,
      });
      show(runId, graph, beginning);
    } catch (error) {
      tellRefused(error);
    } finally {
      state.setState({ isStarting: false });
    }
  };

  /** What keeps the draft from running is shown at its blocks; the first of them is opened. */
  const tellRefused = (error: unknown) => {
    const problems = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
    const [first] = problems.filter((problem) => problem.node_id);
    if (!first?.node_id) {
      tellError(error);
      return;
    }
    editor.getState().setProblems(problems);
    editor.getState().open(first.node_id, "setup");
    const where = `${world.nameOf(first.node_id)}${first.pin ? `, ${first.pin}` : ""}`;
    tellError(
      new ApiError(
        400,
        "graph_invalid",
        `The graph cannot run yet. ${where}: ${first.message} ${first.cure}`.trim(),
      ),
    );
  };

  const begin = async (
    untilNode: string | null,
    request: (lastRun: string | null) => Partial<RunRequest>,
  ) => {
    const { runId, beginning } = state.getState();
    if (runId === null && world.needsBeginning(untilNode)) {
      world.askBeginning((chosen) => void start(request(null), chosen));
    } else {
      await start(request(runId), beginning);
    }
  };

  const pin = async (nodeIds: readonly string[], edit: string) => {
    const { runId } = state.getState();
    if (runId === null) return;
    const pinned = await Promise.all(
      nodeIds.map(async (nodeId) => {
        const values = await Promise.all(
          world
            .outputPins(nodeId)
            .map(async (name) => [name, await outputsOf(runId, nodeId, name, MOST_PINNED)] as const),
        );
        return [nodeId, Object.fromEntries(values.filter(([, given]) => given.length > 0))] as const;
      }),
    );
    editor
      .getState()
      .change(edit, (graph) =>
        pinned.reduce((one, [nodeId, values]) => setPinned(one, nodeId, values), graph),
      );
  };

  return {
    state,
    mayRun: () => world.mayRun() && !state.getState().isStarting,
    mayRetry: () => world.mayRun() && RETRYABLE.has(status() ?? "completed"),
    isGoingOn: () => GOING_ON.has(status() ?? "completed"),
    hasOutput: (nodeId) => nodeId !== null && (state.getState().store?.node(nodeId)?.completed ?? 0) > 0,
    runAll: async () => {
      if (world.needsBeginning(null)) world.askBeginning((chosen) => void start({}, chosen));
      else await start({}, state.getState().beginning);
    },
    runTo: async (nodeId) => {
      if (nodeId === null) return;
      await begin(nodeId, (last) => ({ until_node: nodeId, ...(last ? { from_run: last } : {}) }));
    },
    runOnly: async (nodeId) => {
      if (nodeId === null) return;
      await begin(nodeId, (last) => ({
        until_node: nodeId,
        ...(last ? { from_run: last, from_node: nodeId } : {}),
      }));
    },
    runWith: (beginning) => start({}, beginning),
    pinOutput: async (nodeId) => {
      if (nodeId === null) return;
      try {
        await pin([nodeId], "Pin output");
      } catch (error) {
        tellError(error);
      }
    },
    pinAll: async () => {
      const { store } = state.getState();
      const done = editor.getState().graph.nodes.filter((node) => (store?.node(node.id)?.completed ?? 0) > 0);
      try {
        await pin(
          done.map((node) => node.id),
          "Pin the data of a run",
        );
        tell(`The data of ${done.length} blocks is pinned: they are not run until you remove it`);
      } catch (error) {
        tellError(error);
      }
    },
    retry: async () => {
      const { runId, graph, beginning } = state.getState();
      if (runId === null || graph === null) return;
      // With the draft as it is now: what was mended since is what runs.
      await start({ from_run: runId }, beginning);
    },
    stop: async () => {
      const { runId } = state.getState();
      if (runId === null) return;
      try {
        await cancelRun(runId);
      } catch (error) {
        tellError(error);
      }
    },
    show,
    close: () => {
      unsubscribe();
      state.getState().unfollow();
    },
  };
}

/** With what a run starts; one that goes on from another has all of that from there. */
function begun({ inputs, triggerNode }: Beginning): Partial<RunRequest> {
  return { inputs, ...(triggerNode ? { trigger_node: triggerNode } : {}) };
}
