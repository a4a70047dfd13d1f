// The deliveries of a webhook: live while the page is looked at, older ones page by page.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { merged } from "@/features/triggers/newest-deliveries";
import { keys } from "@/lib/api/keys";
import { deliveriesPage } from "@/lib/api/webhooks";

const REFETCH_MS = 3_000;

export function useDeliveries(provider: string, webhookId: string) {
  const place = { provider, webhookId };
  const newest = useQuery({
    queryKey: [...keys.deliveries(webhookId), "newest"],
    queryFn: ({ signal }) => deliveriesPage(place, null, signal),
    refetchInterval: REFETCH_MS,
  });
  const pages = useInfiniteQuery({
    queryKey: [...keys.deliveries(webhookId), "pages"],
    queryFn: ({ pageParam, signal }) => deliveriesPage(place, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: Number.POSITIVE_INFINITY, // what came is never another thing; what is new comes with the newest
  });
  const all = useMemo(() => {
    if (!newest.data) return undefined;
    const older = pages.data?.pages.flatMap((page) => page.items) ?? [];
    return merged(newest.data.items, !newest.data.next_cursor, older);
  }, [newest.data, pages.data]);
  const hasGap = all?.hasGap ?? false;
  const { refetch } = pages;
  useEffect(() => {
    if (hasGap) void refetch();
  }, [hasGap, refetch]);
  return {
    list: { data: all?.rows, error: newest.error, refetch: newest.refetch },
    hasMore: pages.hasNextPage && Boolean(newest.data?.next_cursor),
    more: { error: pages.error, isLoading: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
  };
}
