// The run that the canvas shows, for everything in the builder; stale blocks are told by it too.

import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { useStore } from "zustand";

import { type RunStates, RunStatesProvider } from "@/components/canvas/run-states";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import type { Editor } from "@/features/builder/state/editor";
import type { NodeRun } from "@/lib/run/model";
import type { RunStore, Totals } from "@/lib/run/store";

export type BuilderRun = {
  runId: string | null;
  /** Where a block of the run is; undefined: it did not come to it. */
  nodeRun: (nodeId: string) => NodeRun | undefined;
  runOnly: (nodeId: string) => void;
  runTo: (nodeId: string) => void;
  pinOutput: (nodeId: string) => void;
  mayRun: boolean;
};

const BuilderRunContext = createContext<BuilderRun | null>(null);

export function BuilderRunProvider({ children }: { children: ReactNode }) {
  const { runner, editor } = useBuilderParts();
  const runId = useStore(runner.state, (state) => state.runId);
  const store = useStore(runner.state, (state) => state.store);
  const states = useMemo(() => withStale(store, editor), [store, editor]);
  const run = useMemo<BuilderRun>(
    () => ({
      runId,
      nodeRun: states.node,
      runOnly: (nodeId) => void runner.runOnly(nodeId),
      runTo: (nodeId) => void runner.runTo(nodeId),
      pinOutput: (nodeId) => void runner.pinOutput(nodeId),
      mayRun: runner.mayRun(),
    }),
    [runId, states, runner],
  );
  return (
    <BuilderRunContext value={run}>
      <RunStatesProvider states={states}>{children}</RunStatesProvider>
    </BuilderRunContext>
  );
}

export function useBuilderRun(): BuilderRun {
  const run = useContext(BuilderRunContext);
  if (run === null) throw new Error("useBuilderRun needs a BuilderRunProvider above it.");
  return run;
}

/** What the shown run came to so far; null: there is none. */
export function useTotals(): Totals | null {
  const { runner } = useBuilderParts();
  const store = useStore(runner.state, (state) => state.store);
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? nothing, [store]);
  return useSyncExternalStore(subscribe, () => store?.totals() ?? null);
}

function nothing(): void {}

/** The states of a run, in which what has changed since is stale. */
function withStale(store: RunStore | null, editor: Editor): RunStates {
  const made = new WeakMap<NodeRun, NodeRun>();
  const asStale = (node: NodeRun): NodeRun => {
    const known = made.get(node);
    if (known) return known;
    const stale: NodeRun = { ...node, state: "stale" };
    made.set(node, stale);
    return stale;
  };
  return {
    subscribe: (listener) => {
      const stops = [
        store?.subscribe(listener) ?? nothing,
        editor.subscribe((now, before) => {
          if (now.stale !== before.stale) listener();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    node: (id) => {
      const node = store?.node(id);
      const isOld =
        node !== undefined && (node.state === "ok" || node.state === "failed" || node.state === "partly");
      return isOld && editor.getState().stale.has(id) ? asStale(node) : node;
    },
    link: (id) => store?.link(id),
  };
}
