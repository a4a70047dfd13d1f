// Which widget a schema gets. Pure: the same for every block that there is or will be.

import { type PinKind, schemaKind } from "@/lib/graph/pins";
import {
  fieldLabel,
  inner,
  isSecret,
  type NamedSchema,
  properties,
  type Schema,
  shapes,
} from "@/lib/graph/schema";

/** One of several types that an input takes: the person says which. */
export type Variant = { word: string; pinKind: PinKind; schema: Schema };

export type Widget =
  | { kind: "text" | "long-text" | "template" | "code" | "secret" }
  | { kind: "date" | "time" | "date-time" | "cron" | "time-zone" }
  | { kind: "toggle" | "file" | "json" }
  | { kind: "number"; isWhole: boolean; min: number | null; max: number | null; step: number | null }
  | { kind: "choice"; options: readonly Choice[] }
  | { kind: "choices"; options: readonly Choice[] }
  | { kind: "list"; item: Schema; most: number | null }
  | { kind: "dictionary"; entry: Schema }
  | { kind: "fields"; fields: readonly NamedSchema[] }
  /** `isOpen`: the rows may have other columns too. */
  | { kind: "table"; columns: readonly NamedSchema[]; isOpen: boolean }
  | { kind: "variants"; variants: readonly Variant[] };

export type WidgetKind = Widget["kind"];
export type Choice = { value: string | number | boolean; label: string };

const TEXT_FORMATS: Record<
  string,
  "long-text" | "template" | "code" | "date" | "time" | "date-time" | "file" | "cron" | "time-zone"
> = {
  "long-text": "long-text",
  multiline: "long-text",
  markdown: "long-text",
  template: "template",
  code: "code",
  regex: "code",
  sql: "code",
  date: "date",
  time: "time",
  "date-time": "date-time",
  file: "file",
  cron: "cron",
  "time-zone": "time-zone",
  timezone: "time-zone",
};

/** More named fields than these are written as JSON: a form of them would be a wall. */
const MOST_FIELDS = 40;

export function widgetFor(schema: Schema): Widget {
  const kinds = withoutDoubles(shapes(schema));
  if (isSecret(schema) && kinds.some((one) => one.type === "string" || one.type === undefined)) {
    return { kind: "secret" };
  }
  const constants = kinds.flatMap(fixedChoices);
  if (kinds.length > 1 && kinds.every((one) => fixedChoices(one).length > 0)) {
    return { kind: "choice", options: constants };
  }
  const [only] = kinds;
  if (kinds.length === 1 && only) return oneWidget(only);
  if (kinds.length === 0 || kinds.some(isAnything)) return { kind: "variants", variants: ANYTHING };
  return { kind: "variants", variants: kinds.map(variant) };
}

/** What takes any value, by what a person would write. */
const ANYTHING: readonly Variant[] = [
  { word: "Text", pinKind: "text", schema: { type: "string" } },
  { word: "Number", pinKind: "number", schema: { type: "number" } },
  { word: "Yes or no", pinKind: "bool", schema: { type: "boolean" } },
  { word: "JSON", pinKind: "object", schema: { format: "json", type: "json" } },
];

function oneWidget(schema: Schema): Widget {
  const options = fixedChoices(schema);
  if (options.length > 0) return { kind: "choice", options };
  switch (schema.type) {
    case "string":
      return { kind: (typeof schema.format === "string" && TEXT_FORMATS[schema.format]) || "text" };
    case "integer":
    case "number":
      return {
        kind: "number",
        isWhole: schema.type === "integer",
        min: number(schema.minimum ?? schema.exclusiveMinimum),
        max: number(schema.maximum ?? schema.exclusiveMaximum),
        step: number(schema.multipleOf),
      };
    case "boolean":
      return { kind: "toggle" };
    case "array":
      return listWidget(schema);
    case "object":
      return objectWidget(schema);
    default:
      return isAnything(schema) ? { kind: "variants", variants: ANYTHING } : { kind: "json" };
  }
}

function listWidget(schema: Schema): Widget {
  const most = number(schema.maxItems);
  const item = inner(schema.items, schema);
  if (schema.format === "file") return { kind: "list", item: { ...item, format: "file" }, most };
  const shape = shapes(item);
  const [only] = shape;
  if (shape.length !== 1 || !only || isAnything(only)) {
    return shape.every(isSimple) ? { kind: "list", item, most } : { kind: "json" };
  }
  const options = fixedChoices(only);
  if (options.length > 0) return { kind: "choices", options };
  if (only.type === "object") return tableWidget(schema, only);
  return isSimple(only) ? { kind: "list", item, most } : { kind: "json" };
}

function tableWidget(list: Schema, row: Schema): Widget {
  const columns = properties(row);
  const isOpen = row.additionalProperties !== false && columns.length === 0;
  const isFlat = columns.every(({ schema }) => shapes(schema).every(isSimple));
  if ((columns.length > 0 && isFlat) || list.format === "table") return { kind: "table", columns, isOpen };
  return { kind: "json" };
}

function objectWidget(schema: Schema): Widget {
  const fields = properties(schema);
  if (fields.length > 0) return fields.length > MOST_FIELDS ? { kind: "json" } : { kind: "fields", fields };
  if (schema.additionalProperties === false) return { kind: "json" };
  return { kind: "dictionary", entry: inner(schema.additionalProperties, schema) };
}

/** One that stands in a row: no list, no object. */
function isSimple(schema: Schema): boolean {
  return schema.type !== "array" && schema.type !== "object";
}

function isAnything(schema: Schema): boolean {
  return schema.type === undefined && fixedChoices(schema).length === 0;
}

function variant(schema: Schema): Variant {
  const kind = schemaKind(schema);
  return { word: fixedChoices(schema).length > 0 ? "Choice" : WORDS[kind], pinKind: kind, schema };
}

const WORDS: Record<PinKind, string> = {
  text: "Text",
  number: "Number",
  bool: "Yes or no",
  object: "Object",
  list: "List",
  file: "File",
  any: "JSON",
  error: "Error",
};

/** A whole number is a number: one field takes both. */
function withoutDoubles(kinds: readonly Schema[]): Schema[] {
  const hasNumber = kinds.some((one) => one.type === "number");
  return kinds.filter((one) => !(hasNumber && one.type === "integer" && fixedChoices(one).length === 0));
}

function fixedChoices(schema: Schema): Choice[] {
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const !== undefined ? [schema.const] : [];
  return values.flatMap((value: unknown) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [{ value, label: choiceLabel(value) }]
      : [],
  );
}

/** "Half even" for `half_even`; what is no word (GET, ==, sha256) stays as it is. */
function choiceLabel(value: string | number | boolean): string {
  return typeof value === "string" && /^[a-z]+([_-][a-z]+)*$/.test(value)
    ? fieldLabel(value.replaceAll("-", "_"))
    : String(value);
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
