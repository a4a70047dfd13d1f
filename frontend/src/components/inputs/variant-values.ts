// Values and the types that an input may have: whether one is of a type, and what it is as another.

import type { Variant } from "@/components/inputs/widget-for";
import { isRecord } from "@/lib/values";

/** Whether a value would be written in the field of this type. */
export function fits({ schema }: Variant, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  switch (schema.type) {
    case "string":
      return typeof value === "string";
    case "integer":
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    default:
      return typeof value === "object";
  }
}

/** What was there in the chosen type, where it can be that; undefined: one begins anew. */
export function inKind(variant: Variant, value: unknown): unknown {
  if (fits(variant, value)) return value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (variant.schema.type) {
    case "string":
      return text;
    case "integer":
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "boolean":
      return value === "true" || value === 1;
    default: {
      const parsed = parse(text);
      return fits(variant, parsed) ? parsed : undefined;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
