// Every way in which a graph is changed. Each takes a graph and gives a new one; what did not change is the same object.

import type { Graph, Link, Node } from "@/lib/autogpt-server-api/types";
import { newId, type PinPlace, position } from "@/lib/graph/model";
import { baseName } from "@/lib/graph/pins";

export type Point = { x: number; y: number };

/** A block with its constants, not yet on the canvas. */
export type NewNode = {
  blockId: string;
  at: Point;
  constants?: Record<string, unknown>;
  name?: string;
  id?: string;
};

export function addNode(graph: Graph, { blockId, at, constants = {}, name, id = newId() }: NewNode): Graph {
  const node: Node = {
    id,
    block_id: blockId,
    input_default: constants,
    disabled: false,
    policy: PLAIN_POLICY,
    metadata: {
      position: { x: Math.round(at.x), y: Math.round(at.y) },
      ...(name ? { customized_name: name } : {}),
    },
  };
  return { ...graph, nodes: [...graph.nodes, node] };
}

/** What the server takes where nothing is said (backend/data/graph.py, NodePolicy). */
export const PLAIN_POLICY: Node["policy"] = {
  retry: { times: 0, backoff_s: 1, max_backoff_s: 60, kinds: [] },
  timeout_s: null,
  on_error: "stop",
  order: null,
  parallel: 10,
};

/** Without these blocks and links, and without the links of these blocks. */
export function remove(graph: Graph, ids: ReadonlySet<string>): Graph {
  const isGone = (link: Link) => ids.has(link.id) || ids.has(link.source_id) || ids.has(link.sink_id);
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !ids.has(node.id)),
    links: graph.links.filter((link) => !isGone(link)),
  };
}

export function move(graph: Graph, positions: ReadonlyMap<string, Point>): Graph {
  return changeNodes(graph, (node) => {
    const at = positions.get(node.id);
    if (!at) return node;
    const rounded = { x: Math.round(at.x), y: Math.round(at.y) };
    const before = position(node);
    if (before.x === rounded.x && before.y === rounded.y) return node;
    return { ...node, metadata: { ...node.metadata, position: rounded } };
  });
}

export function resize(graph: Graph, nodeId: string, size: { width: number; height: number }): Graph {
  return changeNode(graph, nodeId, (node) => ({ ...node, metadata: { ...node.metadata, size } }));
}

/** Link two pins. An input that takes one value loses the link it had. */
export function link(graph: Graph, from: PinPlace, to: PinPlace, { keepsOthers = false } = {}): Graph {
  const [source, sink] = from.side === "output" ? [from, to] : [to, from];
  const isSame = (one: Link) =>
    one.source_id === source.nodeId &&
    one.source_name === source.pin &&
    one.sink_id === sink.nodeId &&
    one.sink_name === sink.pin;
  if (graph.links.some(isSame)) return graph;
  const isReplaced = (one: Link) => !keepsOthers && one.sink_id === sink.nodeId && one.sink_name === sink.pin;
  const made: Link = {
    id: newId(),
    source_id: source.nodeId,
    source_name: source.pin,
    sink_id: sink.nodeId,
    sink_name: sink.pin,
    is_static: false,
  };
  return { ...graph, links: [...graph.links.filter((one) => !isReplaced(one)), made] };
}

/** A constant of a block; `undefined` takes it away. */
export function setInput(graph: Graph, nodeId: string, pin: string, value: unknown): Graph {
  return changeNode(graph, nodeId, (node) => {
    const { [pin]: _before, ...rest } = node.input_default ?? {};
    return { ...node, input_default: value === undefined ? rest : { ...node.input_default, [pin]: value } };
  });
}

/** Another name; an empty one gives back the name of the block. */
export function rename(graph: Graph, nodeId: string, name: string): Graph {
  const trimmed = name.trim();
  return changeNode(graph, nodeId, (node) => ({
    ...node,
    metadata: { ...node.metadata, customized_name: trimmed || null },
  }));
}

export function setDisabled(graph: Graph, ids: ReadonlySet<string>, isDisabled: boolean): Graph {
  return changeNodes(graph, (node) => (ids.has(node.id) ? { ...node, disabled: isDisabled } : node));
}

/** Outputs that are used instead of running the block; null: it runs. */
export function setPinned(graph: Graph, nodeId: string, pinned: Record<string, unknown[]> | null): Graph {
  return changeNode(graph, nodeId, (node) => ({ ...node, pinned }));
}

export function setPolicy(graph: Graph, nodeId: string, policy: NonNullable<Node["policy"]>): Graph {
  return changeNode(graph, nodeId, (node) => ({ ...node, policy }));
}

/** Put a new block between the two ends of a link. */
export function insertOnLink(
  graph: Graph,
  linkId: string,
  made: NewNode,
  pins: { input: string; output: string },
): Graph {
  const between = graph.links.find((one) => one.id === linkId);
  if (!between) return graph;
  const id = made.id ?? newId();
  const without = { ...graph, links: graph.links.filter((one) => one.id !== linkId) };
  const first: PinPlace = { nodeId: between.source_id, side: "output", pin: between.source_name };
  const last: PinPlace = { nodeId: between.sink_id, side: "input", pin: between.sink_name };
  const added = addNode(without, { ...made, id });
  const linked = link(added, first, { nodeId: id, side: "input", pin: pins.input });
  return link(linked, { nodeId: id, side: "output", pin: pins.output }, last, { keepsOthers: true });
}

/** Another block in the place of one, with what fits of its constants and links. */
export function replaceBlock(
  graph: Graph,
  nodeId: string,
  blockId: string,
  known: { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> },
): Graph {
  const fits = (one: Link) =>
    (one.sink_id !== nodeId || known.inputs.has(baseName(one.sink_name))) &&
    (one.source_id !== nodeId || known.outputs.has(baseName(one.source_name)));
  const changed = changeNode(graph, nodeId, (node) => ({
    ...node,
    block_id: blockId,
    input_default: Object.fromEntries(
      Object.entries(node.input_default ?? {}).filter(([name]) => known.inputs.has(baseName(name))),
    ),
    pinned: null,
  }));
  return { ...changed, links: changed.links.filter(fits) };
}

export function changeNode(graph: Graph, nodeId: string, change: (node: Node) => Node): Graph {
  return changeNodes(graph, (node) => (node.id === nodeId ? change(node) : node));
}

function changeNodes(graph: Graph, change: (node: Node) => Node): Graph {
  const nodes = graph.nodes.map(change);
  const isSame = nodes.every((node, place) => node === graph.nodes[place]);
  return isSame ? graph : { ...graph, nodes };
}
