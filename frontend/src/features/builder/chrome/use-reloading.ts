// In development the server reloads blocks while it runs: the page looks twice a second, and reads them anew.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { type Catalogue, type LoadError, loadErrorsQuery } from "@/lib/api/catalogue";
import { keys } from "@/lib/api/keys";

const EVERY_MS = 500;
const NONE: readonly LoadError[] = [];
const FROM_BLOCKS = [keys.blocks, keys.providers, keys.connections];

/** The files of blocks that do not load as they were saved. A server whose blocks stay is not asked. */
export function useReloading({ revision: known }: Catalogue): readonly LoadError[] {
  const client = useQueryClient();
  const isFollowed = typeof known === "number";
  const { data } = useQuery({
    ...loadErrorsQuery,
    enabled: isFollowed,
    refetchInterval: EVERY_MS, // React Query asks only while the page is seen
    retry: false,
  });
  const newest = data?.revision;
  useEffect(() => {
    if (typeof known !== "number" || typeof newest !== "number" || newest <= known) return;
    for (const queryKey of FROM_BLOCKS) void client.invalidateQueries({ queryKey });
  }, [client, known, newest]);
  return isFollowed ? (data?.items ?? NONE) : NONE;
}
