// A secret that is being filled in: the draft, what is wrong with it, and storing it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useCredentials } from "@/components/integrations/credentials-provider";
import {
  type Draft,
  EMPTY_DRAFT,
  type Errors,
  fieldErrors,
  fieldsOf,
  missing,
  type SecretKind,
  save,
} from "@/components/integrations/secret-draft";
import { tell } from "@/components/ui/toast";
import type { Credential } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";
import { keys } from "@/lib/api/keys";

type SecretWish = {
  provider: Provider;
  credential: Credential | undefined;
  onDone: (credentialId: string) => void;
};

export function useSecret({ provider, credential, onDone }: SecretWish) {
  const client = useQueryClient();
  const credentials = useCredentials();
  const [draft, setDraft] = useState<Draft>({
    ...EMPTY_DRAFT,
    host: credential?.host ?? "",
    values: { ...credential?.details },
  });
  const [lacking, setLacking] = useState<Errors>({});
  const isFirst =
    credentials !== undefined &&
    !credentials.some(
      (one) => one.provider === provider.provider && one.kind !== "oauth2" && !one.is_platform,
    );
  const saving = useMutation({
    meta: { isErrorShown: true },
    mutationFn: (kind: SecretKind) => save({ provider, kind, draft, credential, isFirst }),
    onSuccess: async ({ credentialId, problem }) => {
      await Promise.all(
        [keys.credentials, keys.connections, keys.wizard].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      tell(problem ? `Saved, but it does not work: ${problem}` : `${provider.label} is connected`);
      onDone(credentialId);
    },
  });
  const submit = (kind: SecretKind) => {
    const empty = missing(fieldsOf(provider, kind), kind, draft);
    setLacking(empty);
    if (Object.keys(empty).length === 0) saving.mutate(kind);
  };
  const change = (changed: Draft) => {
    setDraft(changed);
    setLacking({});
  };
  const said = fieldErrors(saving.error);
  return {
    draft,
    change,
    submit,
    isSaving: saving.isPending,
    errors: { ...said, ...lacking },
    /** What is wrong and about no single field. */
    refusal: saving.error !== null && Object.keys(said).length === 0 ? saving.error : null,
  };
}
