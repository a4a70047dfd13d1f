// How long answers of the server count as fresh, and when they are asked for again.

import { MutationCache, QueryClient } from "@tanstack/react-query";

import { tellError } from "@/components/ui/toast";
import { ApiError, hearSignedOut } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";

const MOST_TRIES = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    // A request is tried whatever the browser thinks of its network: the server may be on this machine.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 5_000,
      // A refusal stays one; only a server that was not reached, or failed, is asked again.
      retry: (tries, error) =>
        tries < MOST_TRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (mutation.meta?.isErrorShown !== true) tellError(error);
    },
  }),
});

hearSignedOut(() => {
  queryClient.setQueryData(keys.me, null);
});
