// React Flow tells of a selection piece by piece; whoever uses the canvas hears of it once.

import { useCallback, useLayoutEffect, useRef } from "react";

import type { Wishes } from "@/components/canvas/canvas-context";

type Selecting = { id: string; isSelected: boolean };

export function useSelecting(selection: ReadonlySet<string>, wishes: Wishes) {
  const current = useRef(selection);
  const pending = useRef<Set<string> | null>(null);
  useLayoutEffect(() => {
    current.current = selection;
  });
  return useCallback(
    (changes: readonly Selecting[]) => {
      if (changes.length === 0) return;
      const isFirst = pending.current === null;
      const next = pending.current ?? new Set(current.current);
      pending.current = next;
      for (const { id, isSelected } of changes) {
        if (isSelected) next.add(id);
        else next.delete(id);
      }
      if (!isFirst) return;
      queueMicrotask(() => {
        pending.current = null;
        wishes.select(next);
      });
    },
    [wishes],
  );
}
