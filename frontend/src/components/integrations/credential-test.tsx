// Asking a provider whether a credential works, with its own words for an answer.

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { message } from "@/components/ui/toast";
import type { Credential } from "@/lib/api/credentials";
import { type CredentialTested, testCredential } from "@/lib/api/integrations";
import { keys } from "@/lib/api/keys";

/** Tests a credential; whatever is shown of credentials is renewed by it. */
export function useCredentialTest() {
  const client = useQueryClient();
  return useMutation({
    meta: { isErrorShown: true },
    mutationFn: testCredential,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.credentials }),
        client.invalidateQueries({ queryKey: keys.connections }),
      ]),
  });
}

/** What the provider said, in one line; null: it works and says no more. */
export function testSaid(tested: CredentialTested): string | null {
  if (!tested.is_ok || !tested.is_tested) return tested.reason;
  const who = tested.account?.email || tested.account?.name;
  return who ? `It answered as ${who}.` : null;
}

/** Connected, and a button that asks whether that is still so. */
export function CredentialTest({ credential, mayTest }: { credential: Credential; mayTest: boolean }) {
  const test = useCredentialTest();
  const tested = test.variables === credential.id ? test.data : undefined;
  const said = test.error ? message(test.error) : tested ? testSaid(tested) : null;
  const isNo = test.error !== null || tested?.is_ok === false;
  return (
    <div className="grid gap-1" aria-live="polite">
      <div className="row min-h-7">
        <State state="ok" word={tested?.is_ok && tested.is_tested ? "Works" : "Connected"} />
        {mayTest && (
          <Button
            size="small"
            variant="quiet"
            className="push"
            isBusy={test.isPending}
            onClick={() => test.mutate(credential.id)}
          >
            Test connection
          </Button>
        )}
      </div>
      {said && <p className={isNo ? "field__error" : "field__help"}>{said}</p>}
    </div>
  );
}
