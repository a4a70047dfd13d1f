// What a graph wants to know when it starts, as fields of a form, and the way from texts to values.

import type { Block, JsonValue, Node } from "@/lib/autogpt-server-api/types";

export type InputKind = "text" | "long-text" | "number" | "toggle" | "date" | "time" | "choice" | "json";

export type GraphInput = {
  name: string;
  title: string;
  description: string;
  kind: InputKind;
  /** Of a choice. */
  options: readonly string[];
  /** What the graph takes when nothing is given; undefined: it must be given. */
  preset: unknown;
};

/** Texts as a person types them; a toggle is true or false. */
export type InputTexts = Readonly<Record<string, string | boolean>>;

/** What of a block says whether and what it asks for. */
export type InputBlock = Pick<Block, "kind" | "inputs">;

/** The inputs of a graph, in the order of its blocks, each name once. */
export function graphInputs(nodes: readonly Node[], blocks: ReadonlyMap<string, InputBlock>): GraphInput[] {
  const inputs = new Map<string, GraphInput>();
  for (const node of nodes) {
    const block = blocks.get(node.block_id);
    if (block?.kind !== "input" || node.disabled) continue;
    const input = inputOf(node.input_default ?? {}, block);
    if (input && !inputs.has(input.name)) inputs.set(input.name, input);
  }
  return [...inputs.values()];
}

function inputOf(constants: Readonly<Record<string, unknown>>, block: InputBlock): GraphInput | null {
  const { name, title, description, value, options } = constants;
  if (typeof name !== "string" || name === "") return null;
  const choices = Array.isArray(options) ? options.filter((one) => typeof one === "string") : [];
  const schema = block.inputs.find((pin) => pin.name === "value")?.schema ?? {};
  const kind = choices.length > 0 ? "choice" : kindOf(schema);
  return {
    name,
    title: typeof title === "string" && title ? title : name,
    description: typeof description === "string" ? description : "",
    kind,
    options: choices,
    preset: value ?? schema.default ?? undefined,
  };
}

const FORMATS: Readonly<Record<string, InputKind>> = { date: "date", time: "time", "long-text": "long-text" };

function kindOf(schema: Readonly<Record<string, unknown>>): InputKind {
  const variants: unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
  const types = variants.map(typeOf).filter((type) => type !== "null");
  if (types[0] === "boolean") return "toggle";
  if (types[0] === "integer" || types[0] === "number") return "number";
  if (types[0] !== "string") return "json";
  return (typeof schema.format === "string" && FORMATS[schema.format]) || "text";
}

function typeOf(schema: unknown): unknown {
  return typeof schema === "object" && schema !== null && "type" in schema ? schema.type : undefined;
}

/** How a stored value stands in the form. */
export function asText(value: unknown, kind: InputKind): string | boolean {
  if (kind === "toggle") return value === true;
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, kind === "json" ? 2 : 0);
}

/** The values of what was filled in; an empty field is left to the graph. */
export function readInputs(
  inputs: readonly GraphInput[],
  texts: InputTexts,
): { values: Record<string, JsonValue>; errors: Record<string, string> } {
  const values: Record<string, JsonValue> = {};
  const errors: Record<string, string> = {};
  for (const { name, kind } of inputs) {
    const text = texts[name];
    if (text === undefined || text === "") continue;
    if (typeof text === "boolean") values[name] = text;
    else if (kind === "number") {
      const value = Number(text);
      if (Number.isFinite(value)) values[name] = value;
      else errors[name] = `"${text}" is no number. Write it as in 12.5.`;
    } else values[name] = kind === "json" ? jsonOrText(text) : text;
  }
  return { values, errors };
}

function jsonOrText(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return text; // the server says so where a text does not fit
  }
}
