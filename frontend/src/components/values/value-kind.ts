// What a value is, so that it is shown as what it is: text with its lines, a table, a file, or a tree.

import { counted } from "@/lib/format";
import { isRecord } from "@/lib/values";

export type ValueKind = "nothing" | "text" | "file" | "scalar" | "table" | "tree";

const FILE = /^file:([A-Za-z0-9][A-Za-z0-9_-]{7,99})$/;
const MOST_COLUMNS = 24;
/** Rows that are looked at to find out whether a list is a table. */
const LOOKED_AT = 50;

export function kindOf(value: unknown): ValueKind {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "string") return fileIdOf(value) === null ? "text" : "file";
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : columnsOf(value) ? "table" : "tree";
  if (isRecord(value)) return Object.keys(value).length === 0 ? "nothing" : "tree";
  return "scalar";
}

/** The id in `file:<id>`; null: it names no file. */
export function fileIdOf(value: unknown): string | null {
  return typeof value === "string" ? (FILE.exec(value)?.[1] ?? null) : null;
}

/** The columns of a list of objects that have most of their fields in common; null: it is no table. */
export function columnsOf(list: readonly unknown[]): string[] | null {
  if (list.length < 2) return null;
  const rows = list.slice(0, LOOKED_AT);
  const columns = new Map<string, number>();
  for (const row of rows) {
    if (!isRecord(row)) return null;
    for (const key of Object.keys(row)) columns.set(key, (columns.get(key) ?? 0) + 1);
  }
  const cells = [...columns.values()].reduce((sum, times) => sum + times, 0);
  const isFull = cells >= 0.5 * columns.size * rows.length;
  return columns.size > 0 && columns.size <= MOST_COLUMNS && isFull ? [...columns.keys()] : null;
}

/** "Text, 1,204 characters", "List, 9 items". */
export function summaryOf(value: unknown): string {
  if (value === undefined) return "No value";
  if (value === null) return "Nothing (null)";
  if (value === "") return "Empty text";
  if (typeof value === "string") return `Text, ${counted(value.length, "character")}`;
  if (typeof value === "boolean") return "Yes or no";
  if (typeof value === "number") return "Number";
  if (Array.isArray(value))
    return value.length === 0 ? "Empty list" : `List, ${counted(value.length, "item")}`;
  const fields = isRecord(value) ? Object.keys(value).length : 0;
  return fields === 0 ? "Empty object" : `Object, ${counted(fields, "field")}`;
}

/** What copying gives: text as it is, all else as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}
