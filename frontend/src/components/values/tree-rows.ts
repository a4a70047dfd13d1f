// A JSON value as rows, as far as its branches are open; and only those in which something is found.

import { isRecord } from "@/lib/values";

export type TreeRow = {
  /** The way to it, as text; tells it from all other rows. */
  path: string;
  depth: number;
  /** The key or place in what it belongs to; null: it is the value itself. */
  name: string | null;
  value: unknown;
  /** `branch` can be opened, `leaf` cannot; `text` is the text of the row above it, line by line. */
  kind: "branch" | "leaf" | "text";
  isOpen: boolean;
  /** It is what was searched for. */
  isFound: boolean;
};

/** Texts up to here stand in their row; longer ones and those with lines are opened. */
const SHORT_TEXT = 72;
/** Lists and objects up to here stand closed in their row: all of them is seen. */
const SHORT_FIELDS = 6;
const SHORT_JSON = 44;
/** As deep is a value open at first, and only while it stays short. */
const OPEN_DEPTH = 3;
const OPEN_ROWS = 60;
/** What a search looks at, at most: a page must answer while one types. */
const MOST_LOOKED_AT = 400_000;

/** What a person has opened or closed, by path; what they have not touched is as it was at first. */
export type Opened = ReadonlyMap<string, boolean>;

export function treeRows(value: unknown, opened: Opened): TreeRow[] {
  const atFirst = openAtFirst(value);
  const rows: TreeRow[] = [];
  const add = (inner: unknown, path: string, name: string | null, depth: number) => {
    const isOpen = isBranch(inner) && (opened.get(path) ?? atFirst.has(path));
    rows.push(row(inner, path, name, depth, isOpen, false));
    if (!isOpen) return;
    if (typeof inner === "string") rows.push(textRow(inner, path, depth));
    else for (const [key, child] of entries(inner)) add(child, `${path}/${escaped(key)}`, key, depth + 1);
  };
  add(value, "", null, 0);
  return rows;
}

export type Found = { rows: TreeRow[]; count: number; isCut: boolean };

/** The rows whose key or value has the text in it, with what they belong to. */
export function foundRows(value: unknown, text: string, most = 500): Found {
  const wanted = text.toLowerCase();
  const rows: TreeRow[] = [];
  let count = 0;
  let looked = 0;
  const look = (inner: unknown, path: string, name: string | null, depth: number): boolean => {
    looked += 1;
    if (count >= most || looked > MOST_LOOKED_AT) return false;
    const place = rows.length;
    const isFound = has(name, wanted) || (!isContainer(inner) && has(scalarText(inner), wanted));
    if (isFound) count += 1;
    rows.push(row(inner, path, name, depth, isContainer(inner), isFound));
    let hasFound = isFound;
    if (isContainer(inner)) {
      for (const [key, child] of entries(inner)) {
        hasFound = look(child, `${path}/${escaped(key)}`, key, depth + 1) || hasFound;
      }
    }
    if (!hasFound) rows.length = place;
    return hasFound;
  };
  look(value, "", null, 0);
  return { rows, count, isCut: count >= most || looked > MOST_LOOKED_AT };
}

/** Whether all of it can stand in its row. */
export function isShort(value: unknown): boolean {
  const inner = entries(value);
  if (inner.length > SHORT_FIELDS || inner.some(([, child]) => isContainer(child))) return false;
  return JSON.stringify(value).length <= SHORT_JSON;
}

/** Whether there is something to be opened. */
export function isBranch(value: unknown): boolean {
  if (typeof value === "string") return value.length > SHORT_TEXT || value.includes("\n");
  return isContainer(value) && entries(value).length > 0;
}

function isContainer(value: unknown): value is Record<string, unknown> | readonly unknown[] {
  return Array.isArray(value) || isRecord(value);
}

function entries(value: unknown): [string, unknown][] {
  return isContainer(value) ? Object.entries(value) : [];
}

function row(
  value: unknown,
  path: string,
  name: string | null,
  depth: number,
  isOpen: boolean,
  isFound: boolean,
): TreeRow {
  return { path, depth, name, value, kind: isBranch(value) ? "branch" : "leaf", isOpen, isFound };
}

function textRow(text: string, path: string, depth: number): TreeRow {
  const inner = { path: `${path}//text`, depth: depth + 1, name: null, value: text };
  return { ...inner, kind: "text", isOpen: false, isFound: false };
}

function has(text: string | null, wanted: string): boolean {
  return text?.toLowerCase().includes(wanted) ?? false;
}

function scalarText(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Branches that are open before anybody touched them: the outer ones first, as long as there is room. */
function openAtFirst(value: unknown): ReadonlySet<string> {
  const open = new Set<string>();
  let rows = 1;
  let level: [string, unknown][] = [["", value]];
  for (let depth = 0; depth < OPEN_DEPTH; depth += 1) {
    const next: [string, unknown][] = [];
    for (const [path, inner] of level) {
      const children = entries(inner);
      if (children.length === 0 || (depth > 0 && (rows + children.length > OPEN_ROWS || isShort(inner))))
        continue;
      rows += children.length;
      open.add(path);
      if (children.length <= OPEN_ROWS)
        next.push(...children.map(([key, child]): [string, unknown] => [`${path}/${escaped(key)}`, child]));
    }
    level = next;
  }
  return open;
}
