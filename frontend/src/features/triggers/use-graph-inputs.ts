// The inputs of a graph as a schedule starts it.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { type GraphInput, graphInputs } from "@/features/triggers/graph-inputs";
import { blocksQuery } from "@/lib/api/catalogue";
import { type GraphRow, startedGraphQuery } from "@/lib/api/triggers";

export type LoadedInputs = {
  data: GraphInput[] | undefined;
  error: unknown;
  refetch: () => void;
};

export function useGraphInputs(row: GraphRow | undefined): LoadedInputs {
  const graph = useQuery({
    ...startedGraphQuery(row?.id ?? "", row?.published_version ?? null),
    enabled: row !== undefined,
  });
  const blocks = useQuery(blocksQuery);
  const data = useMemo(
    () => (graph.data && blocks.data ? graphInputs(graph.data.nodes, blocks.data) : undefined),
    [graph.data, blocks.data],
  );
  const refetch = () => {
    if (graph.error) void graph.refetch();
    if (blocks.error) void blocks.refetch();
  };
  return { data, error: graph.error ?? blocks.error, refetch };
}
