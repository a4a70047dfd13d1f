// What the schema of an input says to a person: its shapes, its default, an example, a label.

import { alternatives } from "@/lib/graph/pins";
import { isRecord } from "@/lib/values";

export type Schema = Record<string, unknown>;
export type NamedSchema = { name: string; schema: Schema; isRequired: boolean };

const OF_THE_WHOLE = new Set(["anyOf", "oneOf", "$ref", "type"]);
const MAX_DEPTH = 5;

/** The types that a schema allows, without "nothing"; each has what is said of all of them, and the definitions. */
export function shapes(schema: Schema): Schema[] {
  const outer = Object.fromEntries(Object.entries(schema).filter(([key]) => !OF_THE_WHOLE.has(key)));
  return alternatives(schema).map((one) => ({ ...one, ...outer }));
}

/** A part of a schema, with the definitions that it may refer to. */
export function inner(part: unknown, whole: Schema): Schema {
  if (!isRecord(part)) return {};
  return isRecord(whole.$defs) ? { ...part, $defs: whole.$defs } : part;
}

/** The known properties of an object. */
export function properties(schema: Schema): NamedSchema[] {
  if (!isRecord(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, part]) => ({
    name,
    schema: inner(part, schema),
    isRequired: required.includes(name),
  }));
}

export function description(schema: Schema): string {
  return typeof schema.description === "string" ? schema.description : "";
}

export function isSecret(schema: Schema): boolean {
  return schema.secret === true || schema.writeOnly === true || schema.format === "password";
}

/** What stands in an empty field: what is taken then, else an example. */
export function placeholder(schema: Schema): string {
  const { default: usual, placeholder: given, examples } = schema;
  if (usual !== undefined && usual !== null && usual !== "" && !isSecret(schema)) return asWord(usual);
  if (typeof given === "string") return given;
  return Array.isArray(examples) && examples.length > 0 ? asWord(examples[0]) : "";
}

function asWord(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A value that the schema would take, as a person may see it before there is a real one. */
export function example(schema: Schema, depth = 0): unknown {
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (schema.default !== undefined && schema.default !== null && schema.default !== "") return schema.default;
  const [shape] = shapes(schema);
  if (!shape || depth > MAX_DEPTH) return null;
  if (Array.isArray(shape.enum)) return shape.enum[0];
  if (shape.const !== undefined) return shape.const;
  switch (shape.type) {
    case "string":
      return exampleText(shape);
    case "integer":
    case "number":
      return typeof shape.minimum === "number" ? shape.minimum : 1;
    case "boolean":
      return true;
    case "array":
      return [example(inner(shape.items, shape), depth + 1)];
    case "object":
      return Object.fromEntries(
        properties(shape).map(({ name, schema: part }) => [name, example(part, depth + 1)]),
      );
    default:
      return null;
  }
}

const EXAMPLE_TEXTS: Record<string, string> = {
  date: "2026-03-14",
  time: "09:30",
  "date-time": "2026-03-14T09:30:00Z",
  file: "file:…",
};

function exampleText(shape: Schema): string {
  const byFormat = typeof shape.format === "string" ? EXAMPLE_TEXTS[shape.format] : undefined;
  return byFormat ?? (typeof shape.placeholder === "string" ? shape.placeholder : "text");
}

const ACRONYMS = new Set([
  "url",
  "id",
  "html",
  "json",
  "csv",
  "xml",
  "yaml",
  "rss",
  "api",
  "http",
  "pr",
  "uuid",
]);

/** "Repository URL" for `repository_url`, "Timeout (seconds)" for `timeout_s`. */
export function fieldLabel(name: string): string {
  const isSeconds = name.endsWith("_s") && name.length > 2;
  const words = (isSeconds ? name.slice(0, -2) : name)
    .split(/_[$#@]_/)
    .join(", ")
    .replaceAll("_", " ")
    .split(" ")
    .map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word));
  const text = words.join(" ").trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${isSeconds ? " (seconds)" : ""}`;
}
