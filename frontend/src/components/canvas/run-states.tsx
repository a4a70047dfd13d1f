// The state of a run as the canvas reads it: each block and link asks for its own, so that an event draws only what it changed.

import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from "react";

import type { LinkRun, NodeRun } from "@/lib/run/model";
import type { StateName } from "@/lib/states";

export type RunStates = {
  /** Called after every change; answers what ends it. */
  subscribe: (listener: () => void) => () => void;
  /** The same object until it changes. */
  node: (id: string) => NodeRun | undefined;
  link: (id: string) => LinkRun | undefined;
};

const NO_RUN: RunStates = {
  subscribe: () => () => {},
  node: () => undefined,
  link: () => undefined,
};

const RunStatesContext = createContext<RunStates>(NO_RUN);

export function RunStatesProvider({ states, children }: { states: RunStates; children: ReactNode }) {
  return <RunStatesContext value={states}>{children}</RunStatesContext>;
}

export function useNodeRun(id: string): NodeRun | undefined {
  const states = useContext(RunStatesContext);
  return useSyncExternalStore(
    states.subscribe,
    useCallback(() => states.node(id), [states, id]),
  );
}

/** Only the state: for what does not change with each firing. */
export function useNodeState(id: string): StateName | undefined {
  const states = useContext(RunStatesContext);
  return useSyncExternalStore(
    states.subscribe,
    useCallback(() => states.node(id)?.state, [states, id]),
  );
}

export function useLinkRun(id: string): LinkRun | undefined {
  const states = useContext(RunStatesContext);
  return useSyncExternalStore(
    states.subscribe,
    useCallback(() => states.link(id), [states, id]),
  );
}
