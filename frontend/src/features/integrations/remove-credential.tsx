// Removing a connection: what would fail without it is named before, and again when that has changed meanwhile.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { message, tell } from "@/components/ui/toast";
import { UseLinks, usesInWords } from "@/features/integrations/used-by";
import { ApiError } from "@/lib/api/client";
import type { Credential } from "@/lib/api/credentials";
import { credentialQuery, deleteCredential } from "@/lib/api/integrations";
import { keys } from "@/lib/api/keys";

export function RemoveCredential({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const client = useQueryClient();
  const details = useQuery({ ...credentialQuery(credential.id), staleTime: 0 });
  const uses = details.data?.used_by;
  const isUsed = uses !== undefined && uses.graphs.length + uses.webhooks.length > 0;
  const remove = useMutation({
    meta: { isErrorShown: true },
    mutationFn: () => deleteCredential(credential.id, isUsed),
    onSuccess: async (gone) => {
      tell(gone.message);
      onClose();
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.credentials }),
        client.invalidateQueries({ queryKey: keys.connections }),
      ]);
    },
    onError: (error) => {
      if (isInUse(error)) void details.refetch();
    },
  });
  return (
    <Confirm
      title={`Remove ${credential.title}?`}
      about={
        isUsed
          ? `${usesInWords(uses)} ${isOne(uses) ? "uses" : "use"} it and will fail without it.`
          : "No graph and no webhook uses it. Its secret is deleted and cannot be brought back."
      }
      deed={isUsed ? "Remove it nevertheless" : "Remove connection"}
      isBusy={remove.isPending || details.data === undefined}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {isUsed && (
        <div className="uses max-h-40 overflow-auto text-12">
          <UseLinks uses={uses} className="anchor row" />
        </div>
      )}
      {remove.error && (
        <Notice kind={isInUse(remove.error) ? "wait" : "fail"}>
          {isInUse(remove.error)
            ? "Meanwhile something began to use it. Look at the list, then decide again."
            : message(remove.error)}
        </Notice>
      )}
    </Confirm>
  );
}

function isInUse(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

function isOne(uses: { graphs: readonly unknown[]; webhooks: readonly unknown[] }): boolean {
  return uses.graphs.length + uses.webhooks.length === 1;
}
