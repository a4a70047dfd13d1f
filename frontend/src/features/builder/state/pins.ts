// The pins of each node. Most blocks have the same for all; those that make theirs from constants are asked of the server.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { ReadableEditor } from "@/features/builder/state/editor";
import type { Catalogue } from "@/lib/api/catalogue";
import { api, unwrap } from "@/lib/api/client";
import type { Block, Graph, Node } from "@/lib/autogpt-server-api/types";
import { NO_PINS, type NodePins } from "@/lib/graph/pins";

const QUIET_MS = 250;
const MOST_AT_ONCE = 500;

/** What is known of pins that depend on constants, by `key`. It changes when an answer comes. */
export type Pins = StoreApi<ReadonlyMap<string, NodePins>>;

const fixed = new WeakMap<Block, NodePins>();

/** The pins of a node; until the server has answered, those of its block without constants. */
export function pinsOf(node: Node, catalogue: Catalogue, known: ReadonlyMap<string, NodePins>): NodePins {
  const block = catalogue.get(node.block_id);
  if (block === undefined) return NO_PINS;
  return (block.has_dynamic_pins ? known.get(key(node)) : undefined) ?? fixedPins(block);
}

function fixedPins(block: Block): NodePins {
  const before = fixed.get(block);
  if (before) return before;
  const made = { inputs: block.inputs, outputs: block.outputs };
  fixed.set(block, made);
  return made;
}

/** Asks for the pins of new and changed nodes, as long as it is not stopped. */
export function followPins(editor: ReadableEditor, catalogue: Catalogue): { pins: Pins; stop: () => void } {
  const pins: Pins = createStore(() => new Map<string, NodePins>());
  const asked = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (graph: Graph) => {
    const wanted = graph.nodes.filter(
      (node) => catalogue.get(node.block_id)?.has_dynamic_pins && !asked.has(key(node)),
    );
    for (let start = 0; start < wanted.length; start += MOST_AT_ONCE) {
      await askSome(wanted.slice(start, start + MOST_AT_ONCE));
    }
  };
  const askSome = async (nodes: readonly Node[]) => {
    for (const node of nodes) asked.add(key(node));
    try {
      const body = {
        nodes: nodes.map((node) => ({ block_id: node.block_id, input_default: node.input_default ?? {} })),
      };
      const { items } = await unwrap(api.POST("/api/blocks/pins", { body }));
      const answers = nodes.map((node, place) => [key(node), items[place] ?? NO_PINS] as const);
      pins.setState(new Map([...pins.getState(), ...answers]), true);
    } catch {
      for (const node of nodes) asked.delete(key(node)); // asked again with the next change
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
    stop: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}

const keysOf = new WeakMap<object, string>();

/** What the pins of a node depend on. */
function key(node: Node): string {
  const constants = node.input_default ?? {};
  const known = keysOf.get(constants);
  if (known?.startsWith(node.block_id)) return known;
  const made = `${node.block_id} ${JSON.stringify(constants)}`;
  keysOf.set(constants, made);
  return made;
}
