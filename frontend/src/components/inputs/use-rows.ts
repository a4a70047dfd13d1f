// The rows of a list in a form: each keeps its identity while others come, go and change places.

import { useState } from "react";

export type Rows = {
  /** One for each value, in their order. */
  ids: readonly string[];
  insert: (at: number) => void;
  remove: (at: number) => void;
  move: (from: number, to: number) => void;
};

let last = 0;

export function useRows(count: number): Rows {
  const [ids, setIds] = useState<readonly string[]>(() => fresh(count));
  const known = fitted(ids, count);
  if (known !== ids) setIds(known); // another hand (undo) changed the length
  return {
    ids: known,
    insert: (at) => setIds(known.toSpliced(at, 0, ...fresh(1))),
    remove: (at) => setIds(known.toSpliced(at, 1)),
    move: (from, to) => setIds(moved(known, from, to)),
  };
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const taken = list.slice(from, from + 1);
  return list.toSpliced(from, 1).toSpliced(to, 0, ...taken);
}

function fitted(ids: readonly string[], count: number): readonly string[] {
  if (ids.length === count) return ids;
  return ids.length > count ? ids.slice(0, count) : [...ids, ...fresh(count - ids.length)];
}

function fresh(count: number): string[] {
  return Array.from({ length: count }, () => `row-${++last}`);
}
