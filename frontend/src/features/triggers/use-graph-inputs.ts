// The inputs of a graph as a schedule starts it.

import { useQuery } from "@tanstack/react-query";

import { blocksQuery, type Catalogue } from "@/lib/api/catalogue";
import { graphInputsQuery } from "@/lib/api/graph-inputs";
import type { GraphRow } from "@/lib/api/graphs";
import type { GraphInput } from "@/lib/graph/inputs";

export type LoadedInputs = {
  data: GraphInput[] | undefined;
  error: unknown;
  refetch: () => void;
};

const NO_BLOCKS: Catalogue = new Map();

export function useGraphInputs(row: GraphRow | undefined): LoadedInputs {
  const blocks = useQuery(blocksQuery);
  const inputs = useQuery({
    ...graphInputsQuery(row?.id ?? "", row?.published_version ?? null, blocks.data ?? NO_BLOCKS),
    enabled: row !== undefined && blocks.data !== undefined,
  });
  const refetch = () => void (blocks.data ? inputs : blocks).refetch();
  return { data: inputs.data, error: inputs.error ?? blocks.error, refetch };
}
