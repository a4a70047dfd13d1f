// A login at a provider in a window of its own, from the press of the button to the new credential.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { hearBack, type LoginAim, loginOutcome, loginReturn } from "@/components/integrations/login-outcome";
import { type Credential, credentialsQuery } from "@/lib/api/credentials";
import { beginLogin } from "@/lib/api/integrations";
import { keys } from "@/lib/api/keys";

const ASK_EVERY_MS = 2_000;
const WINDOW = "popup,width=600,height=760";

export type LoginPhase =
  | { is: "idle" }
  | { is: "opening" }
  /** `isBlocked`: the browser opened no window, so a link must be pressed. */
  | { is: "waiting"; url: string; isBlocked: boolean }
  | { is: "refused" };

type Begun = { url: string; isBlocked: boolean; before: readonly Credential[] };

type LoginWish = LoginAim & {
  scopes: readonly string[];
  onConnected: (credentialId: string) => void;
};

export function useLogin({ provider, credentialId, scopes, onConnected }: LoginWish) {
  const client = useQueryClient();
  const [isBack, setIsBack] = useState(false);
  const begin = useMutation({
    meta: { isErrorShown: true },
    mutationFn: async (): Promise<Begun> => {
      setIsBack(false);
      const opened = window.open("about:blank", "_blank", WINDOW); // before any await, or the browser blocks it
      try {
        const before = await client.fetchQuery({ ...credentialsQuery, staleTime: 0 });
        const url = await beginLogin(provider, { scopes, credentialId, returnTo: loginReturn(provider) });
        if (opened) opened.location.href = url;
        return { url, isBlocked: opened === null, before };
      } catch (error) {
        opened?.close();
        throw error;
      }
    },
  });
  const begun = begin.data;
  const isWaiting = begun !== undefined;
  const now = useQuery({
    ...credentialsQuery,
    enabled: isWaiting,
    refetchInterval: isWaiting ? ASK_EVERY_MS : false,
    refetchIntervalInBackground: true, // the person looks at the other window
    refetchOnWindowFocus: true,
  });

  useEffect(() => {
    if (!isWaiting) return;
    return hearBack(provider, () => {
      void client.refetchQueries({ queryKey: keys.credentials }).then(() => setIsBack(true));
    });
  }, [provider, isWaiting, client]);

  const outcome =
    begun && loginOutcome({ provider, credentialId }, begun.before, now.data ?? begun.before, isBack);
  const connected = outcome?.is === "connected" ? outcome.credentialId : null;
  useEffect(() => {
    if (connected === null) return;
    void client.invalidateQueries({ queryKey: keys.connections });
    void client.invalidateQueries({ queryKey: keys.credentials });
    begin.reset();
    onConnected(connected);
  }, [connected, client, begin.reset, onConnected]);

  return { phase: phaseOf(begin.isPending, begun, outcome?.is), error: begin.error, begin: begin.mutate };
}

function phaseOf(isOpening: boolean, begun: Begun | undefined, outcome: string | undefined): LoginPhase {
  if (isOpening) return { is: "opening" };
  if (begun === undefined) return { is: "idle" };
  if (outcome === "refused") return { is: "refused" };
  return { is: "waiting", url: begun.url, isBlocked: begun.isBlocked };
}
