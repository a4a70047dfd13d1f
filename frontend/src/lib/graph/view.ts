// What the canvas draws of a graph: a view for each node and link, the same object as before where nothing changed.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Graph, Link, Node, Pin } from "@/lib/autogpt-server-api/types";
import { nodeName, position } from "@/lib/graph/model";
import {
  baseName,
  ERROR_PIN,
  type NodePins,
  type PinKind,
  pinKind,
  pinLabel,
  schemaKind,
} from "@/lib/graph/pins";
import { isSecret } from "@/lib/graph/schema";
import { inOneLine, isRecord } from "@/lib/values";

/** One row of pins on a block. */
export type PinView = {
  name: string;
  label: string;
  kind: PinKind;
  isLinked: boolean;
  /** Required, not linked and without a value. */
  isMissing: boolean;
  /** The constant, in a few characters; null: there is none, or it is shown nowhere. */
  constant: string | null;
  description: string;
};

export type NodeKind = "block" | "trigger" | "graph" | "note" | "group" | "missing";

export type NodeView = {
  id: string;
  kind: NodeKind;
  blockId: string;
  title: string;
  /** Under the title: provider, model, host; the kind of block where the title is the person's own. */
  sub: string;
  /** The name of a Lucide icon. */
  icon: string;
  provider: string | null;
  inputs: readonly PinView[];
  outputs: readonly PinView[];
  /** Pins that are not shown: the panel has them. */
  more: number;
  isDisabled: boolean;
  isPinned: boolean;
  /** Notes and groups: what they say, and how large they are. */
  text: string;
  size: { width: number; height: number } | null;
  position: { x: number; y: number };
};

export type LinkView = {
  id: string;
  source: string;
  sourcePin: string;
  sink: string;
  sinkPin: string;
  kind: PinKind;
  isStatic: boolean;
};

/** What changes during a composition without being part of the graph. */
export type ViewContext = {
  catalogue: Catalogue;
  pinsOf: (node: Node) => NodePins;
};

const MOST_ROWS = 5;
const FORM_WORDS = new Set(["title", "description", "advanced", "secret"]);
const GROUP_KEY = "group";

/** Views of nodes; those that did not change since the last call are the very same objects. */
export function nodeViewer(): (graph: Graph, context: ViewContext) => readonly NodeView[] {
  let known = new Map<string, { node: Node; pins: NodePins; links: string; view: NodeView }>();
  return (graph, context) => {
    const next: typeof known = new Map();
    const ends = linkedPins(graph.links);
    const views = graph.nodes.map((node) => {
      const pins = context.pinsOf(node);
      const linked = ends.get(node.id) ?? NOTHING_LINKED;
      const links = linked.key;
      const before = known.get(node.id);
      const isSame = before?.node === node && before.pins === pins && before.links === links;
      const view = isSame ? before.view : viewNode(node, context.catalogue.get(node.block_id), pins, linked);
      next.set(node.id, { node, pins, links, view });
      return view;
    });
    known = next;
    return views;
  };
}

/** Views of links, kept in the same way. */
export function linkViewer(): (graph: Graph, context: ViewContext) => readonly LinkView[] {
  let known = new Map<string, { link: Link; kind: PinKind; view: LinkView }>();
  return (graph, context) => {
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    const next: typeof known = new Map();
    const views = graph.links.map((link) => {
      const source = nodes.get(link.source_id);
      const pin =
        source && context.pinsOf(source).outputs.find((one) => one.name === baseName(link.source_name));
      const kind =
        pin && pin.name === link.source_name
          ? pinKind(pin)
          : link.source_name === ERROR_PIN
            ? "error"
            : "any";
      const before = known.get(link.id);
      const isSame = before?.link === link && before.kind === kind;
      const view = isSame
        ? before.view
        : {
            id: link.id,
            source: link.source_id,
            sourcePin: link.source_name,
            sink: link.sink_id,
            sinkPin: link.sink_name,
            kind,
            isStatic: link.is_static ?? false,
          };
      next.set(link.id, { link, kind, view });
      return view;
    });
    known = next;
    return views;
  };
}

/** Whether a node is a frame around others: a note with a size. */
export function isGroup(node: Node): boolean {
  return sizeOf(node) !== null && isRecord(node.metadata) && node.metadata[GROUP_KEY] === true;
}

type Linked = { inputs: ReadonlySet<string>; outputs: ReadonlySet<string>; key: string };
const NOTHING_LINKED: Linked = { inputs: new Set(), outputs: new Set(), key: "" };

function linkedPins(links: readonly Link[]): Map<string, Linked> {
  const sides = new Map<string, { inputs: Set<string>; outputs: Set<string> }>();
  const of = (id: string) => {
    const known = sides.get(id);
    if (known) return known;
    const made = { inputs: new Set<string>(), outputs: new Set<string>() };
    sides.set(id, made);
    return made;
  };
  for (const link of links) {
    of(link.source_id).outputs.add(link.source_name);
    of(link.sink_id).inputs.add(link.sink_name);
  }
  return new Map(
    [...sides].map(([id, { inputs, outputs }]) => [
      id,
      { inputs, outputs, key: `${[...inputs].sort().join("\n")}\n\n${[...outputs].sort().join("\n")}` },
    ]),
  );
}

function viewNode(node: Node, block: Block | undefined, pins: NodePins, linked: Linked): NodeView {
  const inputs = inputRows(node, pins, linked);
  const outputs = outputRows(pins, linked);
  const title = nodeName(node, block);
  return {
    id: node.id,
    kind: kindOf(node, block),
    blockId: node.block_id,
    title,
    sub: subtitle(node, block, title),
    icon: block?.icon ?? "circle-help",
    provider: block?.provider ?? null,
    inputs,
    outputs,
    more: unshown(pins, inputs, outputs),
    isDisabled: node.disabled ?? false,
    isPinned: node.pinned !== null && node.pinned !== undefined,
    text: block?.kind === "note" ? String(node.input_default?.text ?? "") : "",
    size: sizeOf(node),
    position: position(node),
  };
}

function kindOf(node: Node, block: Block | undefined): NodeKind {
  if (block === undefined) return "missing";
  if (block.kind === "note") return isGroup(node) ? "group" : "note";
  if (block.kind === "trigger") return "trigger";
  return block.kind === "agent" ? "graph" : "block";
}

function subtitle(node: Node, block: Block | undefined, title: string): string {
  if (block === undefined) return "This server does not have it";
  const constants = node.input_default ?? {};
  const detail = [constants.model, constants.repo, constants.name].find(
    (value) => typeof value === "string" && value !== "",
  );
  const kind = title === block.title ? (block.categories[0]?.replaceAll("_", " ") ?? "") : block.title;
  return [kind, detail].filter(Boolean).join(" · ");
}

function unshown(pins: NodePins, inputs: readonly PinView[], outputs: readonly PinView[]): number {
  const shown = new Set([...inputs, ...outputs].map((row) => baseName(row.name)));
  const names = [...pins.inputs.filter((pin) => !isCredentials(pin)), ...pins.outputs].map((pin) => pin.name);
  return names.filter((name) => name !== ERROR_PIN && !shown.has(name)).length;
}

/** At most five: linked pins, required ones without a value, those with a constant. The rest is in the panel. */
function inputRows(node: Node, pins: NodePins, linked: Linked): PinView[] {
  const constants = node.input_default ?? {};
  const parts = [...linked.inputs].filter((name) => name !== baseName(name));
  const rows = pins.inputs
    .filter((pin) => !isCredentials(pin))
    .flatMap((pin) => [
      inputRow(pin, constants, linked, parts),
      ...parts.filter((name) => baseName(name) === pin.name).map((name) => partRow(name, pins.inputs)),
    ]);
  const rank = (row: PinView) => (row.isLinked ? 0 : row.isMissing ? 1 : row.constant !== null ? 2 : 3);
  const shown = rows.filter((row) => rank(row) < 3 || !isQuiet(row.name, pins.inputs));
  return most(shown, rank);
}

/** What is rarely linked: advanced inputs, and what a form is made of (the words beside an input of the graph). */
function isQuiet(name: string, inputs: readonly Pin[]): boolean {
  const schema = inputs.find((pin) => pin.name === baseName(name))?.schema;
  return schema?.advanced === true || FORM_WORDS.has(name);
}

/** The most important rows, in the order in which they stood. */
function most(rows: readonly PinView[], rank: (row: PinView) => number): PinView[] {
  if (rows.length <= MOST_ROWS) return [...rows];
  const chosen = rows
    .map((row, place) => ({ place, rank: rank(row) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, MOST_ROWS);
  const places = new Set(chosen.map(({ place }) => place));
  return rows.filter((_, place) => places.has(place));
}

function inputRow(
  pin: Pin,
  constants: Record<string, unknown>,
  linked: Linked,
  parts: readonly string[],
): PinView {
  const isLinked = linked.inputs.has(pin.name);
  const given = constants[pin.name];
  const isFed = isLinked || parts.some((name) => baseName(name) === pin.name);
  const hasParts = Object.keys(constants).some((name) => name !== pin.name && baseName(name) === pin.name);
  const isGiven = (given !== undefined && given !== null && given !== "") || hasParts;
  return {
    name: pin.name,
    label: pinLabel(pin.name),
    kind: pinKind(pin),
    isLinked,
    isMissing: (pin.is_required ?? false) && !isFed && !isGiven,
    constant: !isFed && isGiven && !isSecret(pin.schema) ? inOneLine(given, 16) : null,
    description: typeof pin.schema.description === "string" ? pin.schema.description : "",
  };
}

function partRow(name: string, inputs: readonly Pin[]): PinView {
  const base = inputs.find((pin) => pin.name === baseName(name));
  const inner = base && (base.schema.additionalProperties ?? base.schema.items);
  return {
    name,
    label: pinLabel(name),
    kind: isRecord(inner) ? schemaKind(inner) : "any",
    isLinked: true,
    isMissing: false,
    constant: null,
    description: "",
  };
}

/** All outputs; the error pin only where it is linked, or where nothing else is. */
function outputRows(pins: NodePins, linked: Linked): PinView[] {
  const parts = [...linked.outputs].filter((name) => name !== baseName(name));
  const rows = pins.outputs
    .filter(
      (pin) => pin.name !== ERROR_PIN || linked.outputs.has(ERROR_PIN) || pins.outputs.length <= MOST_ROWS,
    )
    .map((pin) => ({
      name: pin.name,
      label: pinLabel(pin.name),
      kind: pinKind(pin),
      isLinked: linked.outputs.has(pin.name),
      isMissing: false,
      constant: null,
      description: typeof pin.schema.description === "string" ? pin.schema.description : "",
    }));
  const partRows: PinView[] = parts.map((name) => ({
    name,
    label: pinLabel(name),
    kind: "any",
    isLinked: true,
    isMissing: false,
    constant: null,
    description: "",
  }));
  return most([...rows, ...partRows], (row) => (row.isLinked ? 0 : 1));
}

/** Whether a pin takes a connection: it is chosen in the panel and has no row. */
export function isCredentials(pin: Pin): boolean {
  return pin.name === "credentials" || pin.name.endsWith("_credentials");
}

function sizeOf(node: Node): { width: number; height: number } | null {
  const metadata: unknown = node.metadata;
  const size = isRecord(metadata) ? metadata.size : undefined;
  if (!isRecord(size) || typeof size.width !== "number" || typeof size.height !== "number") return null;
  return { width: size.width, height: size.height };
}
