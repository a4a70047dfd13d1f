// Putting an earlier value to use: a link from where it comes from, and its name where a template shall have it.

import type { Graph, Link, Node, Pin } from "@/lib/autogpt-server-api/types";
import { link, setInput } from "@/lib/graph/edit";
import { nodeById, type PinPlace } from "@/lib/graph/model";
import { baseName, schemaKind } from "@/lib/graph/pins";
import { shapes } from "@/lib/graph/schema";
import { asName, withToken } from "@/lib/graph/template";

/** A value that a block gives, or a part of it: `path` are keys of objects and places in lists. */
export type EarlierPlace = { nodeId: string; pin: string; path: readonly (string | number)[] };

/** What a person has chosen in a field. */
export type Caret = { from: number; to: number };

const ENTRY = "_#_";
const ITEM = "_$_";
/** On which input blocks give what the graph was started with. */
const INPUT_PIN = "result";
const SEPARATOR = /_[$#@]_/;

/** The end of a link that takes this part; null: a key on the way cannot be written in one. */
export function partName(pin: string, path: EarlierPlace["path"]): string | null {
  let name = pin;
  for (const step of path) {
    if (typeof step === "number") name += `${ITEM}${step}`;
    else if (step === "" || SEPARATOR.test(`_${step}_`) || SEPARATOR.test(step)) return null;
    else name += `${ENTRY}${step}`;
  }
  return name;
}

/** The input whose entries a template of the block can name; null: it has none. */
export function templateValuesPin(inputs: readonly Pin[]): string | null {
  const isOpen = (pin: Pin) =>
    shapes(pin.schema).some((one) => one.type === "object" && one.properties === undefined);
  const found =
    inputs.find((pin) => pin.name === "values" && isOpen(pin)) ??
    inputs.find((pin) => pin.name.endsWith("_values") && isOpen(pin));
  return found?.name ?? null;
}

/** Link a value to an input; an entry of a dictionary where `key` names one. */
export function insertLink(graph: Graph, sink: { nodeId: string; pin: string }, source: EarlierPlace): Graph {
  const name = partName(source.pin, source.path);
  if (name === null) return graph;
  return link(
    graph,
    { nodeId: source.nodeId, side: "output", pin: name },
    { nodeId: sink.nodeId, side: "input", pin: sink.pin },
  );
}

/** An object with names of the person's own. */
export function isDictionary(pin: Pin): boolean {
  const kinds = shapes(pin.schema);
  return kinds.length === 1 && kinds.every((one) => one.type === "object" && one.properties === undefined);
}

/**
 * What drawing a link between two pins does. A text that is drawn to a dictionary becomes an entry of it: as the whole
 * of it, it could only be JSON.
 */
export function drawnLink(
  graph: Graph,
  ends: { from: PinPlace; to: PinPlace },
  pins: { given: Pin | undefined; wanted: Pin | undefined },
): Graph {
  const [source, sink] = ends.from.side === "output" ? [ends.from, ends.to] : [ends.to, ends.from];
  const isEntry =
    pins.given && pins.wanted && isDictionary(pins.wanted) && schemaKind(pins.given.schema) === "text";
  if (!isEntry) return link(graph, source, sink);
  return insertEntry(graph, sink, { nodeId: source.nodeId, pin: source.pin, path: [] });
}

/** Link a value to a new entry of a dictionary, called as it is where it comes from. */
export function insertEntry(
  graph: Graph,
  sink: { nodeId: string; pin: string },
  source: EarlierPlace,
): Graph {
  const { name } = entryFor(graph, sink.nodeId, sink.pin, source);
  return insertLink(graph, { nodeId: sink.nodeId, pin: `${sink.pin}${ENTRY}${name}` }, source);
}

/**
 * Name a value in a template and link it to the entry that the name stands for.
 *
 * One edit, so that one undo takes back both. `caret`: where the person goes on writing.
 */
export function insertIntoTemplate(
  graph: Graph,
  template: { nodeId: string; pin: string; valuesPin: string; text: string; caret: Caret },
  source: EarlierPlace,
): { graph: Graph; caret: number } {
  const { name, isThere } = entryFor(graph, template.nodeId, template.valuesPin, source);
  const written = withToken(template.text, template.caret.from, template.caret.to, name);
  const named = setInput(graph, template.nodeId, template.pin, written.text);
  const sink = { nodeId: template.nodeId, pin: `${template.valuesPin}${ENTRY}${name}` };
  return { graph: isThere ? named : insertLink(named, sink, source), caret: written.caret };
}

/** The entry that has this value already, else a new one whose name nobody has. */
function entryFor(
  graph: Graph,
  nodeId: string,
  pin: string,
  source: EarlierPlace,
): { name: string; isThere: boolean } {
  const part = partName(source.pin, source.path);
  const entries = graph.links.filter(
    (one) => one.sink_id === nodeId && one.sink_name.startsWith(`${pin}${ENTRY}`),
  );
  const known = entries.find((one) => one.source_id === source.nodeId && one.source_name === part);
  if (known) return { name: entryName(known, pin), isThere: true };
  const taken = new Set([...entries.map((one) => entryName(one, pin)), ...ownNames(graph, nodeId, pin)]);
  const wanted = asName(
    String(source.path.findLast((step) => typeof step === "string") ?? ownName(graph, source)),
  );
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
  return { name, isThere: false };
}

/** What a value is called where it comes from: an input of the graph by the name that it asks for, else the pin. */
function ownName(graph: Graph, { nodeId, pin }: EarlierPlace): string {
  const given = nodeById(graph, nodeId)?.input_default?.name;
  return pin === INPUT_PIN && typeof given === "string" && given !== "" ? given : pin;
}

function entryName(entry: Link, pin: string): string {
  return entry.sink_name.slice(pin.length + ENTRY.length);
}

function ownNames(graph: Graph, nodeId: string, pin: string): string[] {
  const node: Node | undefined = graph.nodes.find((one) => one.id === nodeId);
  const constants = node?.input_default ?? {};
  const value = constants[pin];
  const inside = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const parts = Object.keys(constants).filter((name) => name !== pin && baseName(name) === pin);
  return [...inside, ...parts.map((name) => name.slice(pin.length + ENTRY.length))];
}
