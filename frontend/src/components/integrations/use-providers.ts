// All providers, with the kinds of credentials that their blocks ask for where they declare none themselves.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { blocksQuery, type Catalogue, providersQuery } from "@/lib/api/catalogue";
import type { Provider } from "@/lib/api/integrations";

export function useProviders() {
  const providers = useQuery(providersQuery);
  const { data: catalogue } = useQuery(blocksQuery);
  const all = providers.data;
  const data = useMemo(() => all?.map((one) => withKinds(one, catalogue)), [all, catalogue]);
  return { data, error: providers.error, refetch: providers.refetch };
}

/** The provider, taking what its blocks ask for: of HTTP, headers for a host. */
export function withKinds(provider: Provider, catalogue: Catalogue | undefined): Provider {
  if (provider.kinds.length > 0 || catalogue === undefined) return provider;
  const kinds = new Set<string>();
  for (const { id } of provider.blocks) {
    for (const field of catalogue.get(id)?.credentials ?? []) {
      if (field.providers.includes(provider.provider)) for (const kind of field.kinds) kinds.add(kind);
    }
  }
  return { ...provider, kinds: [...kinds] };
}
