// Pins: what kind of value one carries, and what its name says. Names of parts are `values_#_key`, `list_$_0`, `object_@_name`.

import type { Pin } from "@/lib/autogpt-server-api/types";
import { isRecord } from "@/lib/values";

/** The kinds that have a shape and a hue of their own. */
export type PinKind = "text" | "number" | "bool" | "object" | "list" | "file" | "any" | "error";

/** The pins of one node, with its constants looked at. */
export type NodePins = { inputs: readonly Pin[]; outputs: readonly Pin[] };

export const NO_PINS: NodePins = { inputs: [], outputs: [] };
export const ERROR_PIN = "error";
export const TOOLS_PIN = "tools";

const SEPARATOR = /_[$#@]_/;

/** The pin itself: `values` for `values_#_topic`. */
export function baseName(name: string): string {
  return name.split(SEPARATOR, 1)[0] ?? name;
}

/** What people read: `values, topic` for `values_#_topic`. */
export function pinLabel(name: string): string {
  return name.split(SEPARATOR).join(", ").replaceAll("_", " ");
}

export function pinKind(pin: Pin): PinKind {
  return pin.name === ERROR_PIN ? "error" : schemaKind(pin.schema);
}

/** The kind of a schema; of several types the one all share, else any. */
export function schemaKind(schema: Record<string, unknown>): PinKind {
  const kinds = new Set(alternatives(schema).map(plainKind));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : "any";
}

/** The types that a schema allows, references followed, without "nothing". */
export function alternatives(schema: Record<string, unknown>): Record<string, unknown>[] {
  return flatten(schema, schema, 0).filter((one) => one.type !== "null");
}

function flatten(
  schema: Record<string, unknown>,
  root: Record<string, unknown>,
  depth: number,
): Record<string, unknown>[] {
  const referred = depth < 8 ? definition(schema, root) : undefined;
  if (referred) return flatten(referred, root, depth + 1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices) && depth < 8) {
    return choices.filter(isRecord).flatMap((choice) => flatten(choice, root, depth + 1));
  }
  if (Array.isArray(schema.type)) return schema.type.map((type: unknown) => ({ ...schema, type }));
  return [schema];
}

function definition(
  schema: Record<string, unknown>,
  root: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
  const found = name !== undefined && isRecord(root.$defs) ? root.$defs[name] : undefined;
  return isRecord(found) ? found : undefined;
}

function plainKind(schema: Record<string, unknown>): PinKind {
  if (schema.format === "file") return "file";
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "bool";
    case "array":
      return "list";
    case "object":
      return "object";
    default:
      return enumKind(schema.enum);
  }
}

function enumKind(choices: unknown): PinKind {
  if (!Array.isArray(choices) || choices.length === 0) return "any";
  return choices.every((choice) => typeof choice === "string") ? "text" : "any";
}
