// What each block took in the last runs: the figures of a block that has not run yet.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useEditor } from "@/features/builder/state/context";
import { typicalQuery } from "@/lib/api/drafts";

export type Usual = { durationMs: number; usdMicros: number };

export function useTypical(): ReadonlyMap<string, Usual> {
  const graphId = useEditor((state) => state.graphId);
  const { data } = useQuery({ ...typicalQuery(graphId), staleTime: 30_000 });
  return useMemo(
    () =>
      new Map(
        (data?.items ?? []).map((node) => [
          node.node_id,
          { durationMs: node.duration_ms, usdMicros: node.cost.usd_micros },
        ]),
      ),
    [data],
  );
}
