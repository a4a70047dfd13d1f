// What the pages of webhooks ask the server for.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { providersQuery } from "@/lib/api/catalogue";
import { type WebhookSupport, webhooksQuery } from "@/lib/api/webhooks";

export type Sender = { provider: string; label: string; support: WebhookSupport };

const REFETCH_MS = 10_000;

/** The providers whose events are taken, by label. */
export function useSenders(): readonly Sender[] | undefined {
  const { data } = useQuery({ ...providersQuery, staleTime: Number.POSITIVE_INFINITY });
  return useMemo(
    () =>
      data?.flatMap(({ provider, label, webhooks }) =>
        webhooks ? [{ provider, label, support: webhooks }] : [],
      ),
    [data],
  );
}

/** All webhooks, renewed while the page is looked at. */
export function useWebhooks() {
  const providers = useQuery(providersQuery);
  const names = useSenders()?.map((sender) => sender.provider) ?? [];
  const webhooks = useQuery({
    ...webhooksQuery(names),
    enabled: names.length > 0,
    refetchInterval: REFETCH_MS,
  });
  return {
    data: webhooks.data,
    error: providers.error ?? webhooks.error,
    refetch: () => void (providers.error ? providers.refetch() : webhooks.refetch()),
  };
}
