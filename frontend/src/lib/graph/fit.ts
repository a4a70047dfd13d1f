// Whether two pins may be linked, and if not, why and what would cure it.
// The table of conversions is backend/data/convert.py's; what only the server can tell, it tells when the draft is saved.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph, Pin } from "@/lib/autogpt-server-api/types";
import { nodeById, type PinPlace } from "@/lib/graph/model";
import { alternatives, baseName, ERROR_PIN, type NodePins, TOOLS_PIN } from "@/lib/graph/pins";
import { isRecord } from "@/lib/values";

type Schema = Record<string, unknown>;

/** Why a link is refused; `cure` names a block that would help, null: there is none. */
export type Refusal = { why: string; cure: string | null };

export type FitContext = { catalogue: Catalogue; pinsOf: (nodeId: string) => NodePins };

const NAMES: Record<string, string> = {
  string: "Text",
  integer: "Whole number",
  number: "Number",
  boolean: "True or false",
  array: "List",
  object: "Object",
};

/** Pairs of types of which no value of the first can become the second. */
const NEVER = new Set(
  ["array", "boolean", "integer", "number"]
    .map((given) => `${given} object`)
    .concat(
      ["array", "object"].flatMap((given) =>
        ["boolean", "integer", "number"].map((wanted) => `${given} ${wanted}`),
      ),
    ),
);

/** null: it may be linked. The two ends can come in either order. */
export function refusal(graph: Graph, one: PinPlace, other: PinPlace, context: FitContext): Refusal | null {
  if (one.side === other.side) {
    const what = one.side === "output" ? "outputs" : "inputs";
    return { why: `Two ${what} cannot be linked. Drag from an output to an input.`, cure: null };
  }
  const [source, sink] = one.side === "output" ? [one, other] : [other, one];
  if (!nodeById(graph, source.nodeId) || !nodeById(graph, sink.nodeId)) {
    return { why: "One of the two blocks is not there any more.", cure: null };
  }
  if (source.pin === ERROR_PIN || source.pin === TOOLS_PIN || baseName(source.pin) === TOOLS_PIN) return null;
  if (baseName(source.pin) !== source.pin || baseName(sink.pin) !== sink.pin) return null; // parts of values: known when they come
  const given = context.pinsOf(source.nodeId).outputs.find((pin) => pin.name === source.pin);
  const wanted = context.pinsOf(sink.nodeId).inputs.find((pin) => pin.name === sink.pin);
  if (!given || !wanted || isCollecting(graph, sink, context.catalogue)) return null;
  return canFit(given.schema, wanted.schema)
    ? null
    : { why: sentence(given.schema, wanted.schema), cure: cure(given.schema, wanted.schema) };
}

/** False only when no value of `source` can ever fit `sink` or be converted to it. */
export function canFit(source: Schema, sink: Schema): boolean {
  return fits(source, sink, 0);
}

/** The inputs of a block that could take what comes from a pin, and the other way round; the best first. */
export function fittingPins(place: PinPlace, pin: Pin | undefined, candidates: readonly Pin[]): Pin[] {
  const isFit = (candidate: Pin) => {
    if (pin === undefined || place.pin === ERROR_PIN) return true;
    return place.side === "output"
      ? canFit(pin.schema, candidate.schema)
      : canFit(candidate.schema, pin.schema);
  };
  const rank = (candidate: Pin) => (sameType(pin, candidate) ? 0 : 2) + (candidate.is_required ? 0 : 1);
  return candidates
    .filter(
      (candidate) => candidate.name !== ERROR_PIN && candidate.name !== "credentials" && isFit(candidate),
    )
    .map((candidate, order) => ({ candidate, order }))
    .sort((a, b) => rank(a.candidate) - rank(b.candidate) || a.order - b.order)
    .map(({ candidate }) => candidate);
}

/** "List", "Text or nothing", "Anything". */
export function typeName(schema: Schema): string {
  const names = [...new Set(alternatives(schema).map(oneName))];
  return names.length > 0 ? names.join(" or ") : "Anything";
}

function oneName(schema: Schema): string {
  if (Array.isArray(schema.enum)) return "Choice";
  if (schema.format === "file") return "File";
  return NAMES[String(schema.type)] ?? "Anything";
}

function sentence(given: Schema, wanted: Schema): string {
  return `${typeName(given)} does not fit ${typeName(wanted)}.`;
}

/** The block that would make one of the other, by its name. */
function cure(given: Schema, wanted: Schema): string | null {
  const [from, to] = [alternatives(given)[0]?.type, alternatives(wanted)[0]?.type];
  if (from === "array") return "StepThroughItemsBlock";
  if (from === "object" && to !== "object") return "FindInDictionaryBlock";
  if (to === "object") return "CreateDictionaryBlock";
  return null;
}

function isCollecting(graph: Graph, sink: PinPlace, catalogue: Catalogue): boolean {
  const block = catalogue.get(nodeById(graph, sink.nodeId)?.block_id ?? "");
  return (block?.is_collecting ?? false) && sink.pin === "items";
}

/** The type itself, or anything at all: nothing is converted on the way. */
function sameType(pin: Pin | undefined, candidate: Pin): boolean {
  if (!pin) return false;
  const types = new Set(alternatives(pin.schema).map((one) => one.type));
  return alternatives(candidate.schema).some((one) => one.type === undefined || types.has(one.type));
}

const MAX_DEPTH = 12;

function fits(source: Schema, sink: Schema, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  const givers = withRoot(source);
  const takers = withRoot(sink);
  if (givers.length === 0 || takers.length === 0) return true;
  return givers.some((giver) => takers.some((taker) => oneFits(giver, taker, depth)));
}

/** Definitions stay with the parts, which may refer to them. */
function withRoot(schema: Schema): Schema[] {
  return alternatives(schema).map((one) => (isRecord(schema.$defs) ? { ...one, $defs: schema.$defs } : one));
}

function oneFits(source: Schema, sink: Schema, depth: number): boolean {
  const [given, wanted] = [source.type, sink.type];
  if (given === undefined || (wanted === undefined && !Array.isArray(sink.enum))) return true;
  if (Array.isArray(sink.enum)) return sink.enum.some((choice) => canReach(String(given), choice));
  if (NEVER.has(`${given} ${wanted}`)) return false;
  if (wanted === "array" && given !== "array" && given !== "string") {
    return fits(source, isRecord(sink.items) ? { ...sink.items, $defs: sink.$defs } : {}, depth + 1);
  }
  return true;
}

function canReach(given: string, choice: unknown): boolean {
  const own = typeof choice === "string" ? "string" : typeof choice === "number" ? "number" : typeof choice;
  if (own === given || (own === "number" && given === "integer")) return true;
  if (typeof choice === "string") {
    const isNumber = given === "integer" || given === "number";
    return isNumber
      ? choice.trim() !== "" && Number.isFinite(Number(choice))
      : given === "boolean" && /^(true|false)$/.test(choice);
  }
  return choice !== null && !NEVER.has(`${given} ${own}`);
}
