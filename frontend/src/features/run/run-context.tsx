// What all parts of the run screen look at: the run, its graph as it was, its store, and what is chosen.

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { useSlowVersion } from "@/features/run/use-slow-version";
import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Graph, Link, RunDetails } from "@/lib/autogpt-server-api/types";
import type { RunView } from "@/lib/run/item-states";
import type { Item, Passage } from "@/lib/run/items";
import type { RunStore, Totals } from "@/lib/run/store";

/** A block of the run; also of a graph that was deleted since. */
export type RanNode = { id: string; name: string; block: Block | undefined };

export type RunScene = {
  run: RunDetails;
  store: RunStore;
  catalogue: Catalogue;
  /** null: it was deleted. */
  graph: Graph | null;
  links: readonly Link[];
  /** Without notes. */
  nodes: readonly RanNode[];
  nameOf: (nodeId: string) => string;
};

/** What is chosen; it stands in the address. */
export type Chosen = {
  nodeId: string | null;
  firing: number | null;
  item: Item | null;
  passages: ReadonlyMap<string, Passage> | null;
  /** The run as the canvas shows it: as a whole, or as the chosen item saw it. */
  view: RunView;
  choose: (change: { node?: string | null; firing?: number | null; item?: Item | null }) => void;
};

const SceneContext = createContext<RunScene | null>(null);
const ChosenContext = createContext<Chosen | null>(null);

type SceneProps = { scene: RunScene; chosen: Chosen; children: ReactNode };

export function RunSceneProvider({ scene, chosen, children }: SceneProps) {
  return (
    <SceneContext value={scene}>
      <ChosenContext value={chosen}>{children}</ChosenContext>
    </SceneContext>
  );
}

export function useScene(): RunScene {
  const scene = useContext(SceneContext);
  if (scene === null) throw new Error("useScene needs a RunSceneProvider above it.");
  return scene;
}

export function useChosen(): Chosen {
  const chosen = useContext(ChosenContext);
  if (chosen === null) throw new Error("useChosen needs a RunSceneProvider above it.");
  return chosen;
}

export function useTotals(store: RunStore): Totals {
  return useSyncExternalStore(store.subscribe, store.totals);
}

/** The store's course and log, looked at anew a few times a second: enough for lists. */
export function useCourse() {
  const { store } = useScene();
  const version = useSlowVersion(store);
  return { course: store.course, log: store.log, version };
}
