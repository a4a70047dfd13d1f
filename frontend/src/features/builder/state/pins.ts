// The pins that depend on constants, asked of the server as these change.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { ReadableEditor } from "@/features/builder/state/editor";
import type { Catalogue } from "@/lib/api/catalogue";
import { readPins } from "@/lib/api/node-pins";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { type KnownPins, pinsKey } from "@/lib/graph/node-pins";

const QUIET_MS = 250;

/** It changes when an answer comes. */
export type Pins = StoreApi<KnownPins>;

type FollowedPins = {
  pins: Pins;
  /** The blocks are others: all is asked anew. */
  renew: (catalogue: Catalogue) => void;
  stop: () => void;
};

/** Asks for the pins of new and changed nodes, as long as it is not stopped. */
export function followPins(editor: ReadableEditor, first: Catalogue): FollowedPins {
  let catalogue = first;
  const pins: Pins = createStore(() => new Map());
  const asked = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (graph: Graph) => {
    const wanted = graph.nodes.filter(
      (node) => catalogue.get(node.block_id)?.has_dynamic_pins && !asked.has(pinsKey(node)),
    );
    if (wanted.length === 0) return;
    for (const node of wanted) asked.add(pinsKey(node));
    try {
      const answers = await readPins(wanted);
      pins.setState(new Map([...pins.getState(), ...answers]), true);
    } catch {
      for (const node of wanted) asked.delete(pinsKey(node)); // asked again with the next change
    }
  };

  const unsubscribe = editor.subscribe((state, before) => {
    if (state.graph.nodes === before.graph.nodes) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(editor.getState().graph), QUIET_MS);
  });
  void ask(editor.getState().graph);
  return {
    pins,
    renew: (next) => {
      catalogue = next;
      asked.clear();
      void ask(editor.getState().graph);
    },
    stop: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
