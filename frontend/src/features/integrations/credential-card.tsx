// One connection of the person: whose account, what it may do, how it stands, and everything that can be done with it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Ellipsis, PencilLine, Trash2 } from "lucide-react";
import { useState } from "react";

import { ConnectDialog } from "@/components/integrations/connect-dialog";
import { accountName, kindWord, mendWord, standing } from "@/components/integrations/credential-choice";
import { testSaid, useCredentialTest } from "@/components/integrations/credential-test";
import { ProviderTile } from "@/components/integrations/provider-icon";
import { useMay } from "@/components/session";
import { Button, IconButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import { message } from "@/components/ui/toast";
import { CredentialFacts } from "@/features/integrations/credential-facts";
import { isTestable } from "@/features/integrations/overview";
import { RemoveCredential } from "@/features/integrations/remove-credential";
import { TitleField } from "@/features/integrations/title-field";
import { UseLinks, usesInWords } from "@/features/integrations/used-by";
import type { Credential } from "@/lib/api/credentials";
import {
  avatarHref,
  type CredentialHealth,
  changeCredential,
  credentialQuery,
  type Provider,
} from "@/lib/api/integrations";
import { keys } from "@/lib/api/keys";

type CredentialCardProps = {
  provider: Provider;
  credential: Credential;
  concern: CredentialHealth | undefined;
};

export function CredentialCard({ provider, credential, concern }: CredentialCardProps) {
  const [doing, setDoing] = useState<"rename" | "connect" | "remove" | null>(null);
  const stop = () => setDoing(null);
  const mayChange = useMay("credentials:write") && !credential.is_platform;
  const details = useQuery(credentialQuery(credential.id));
  const rename = useRename(credential.id, stop);
  const test = useCredentialTest();
  const canTest = isTestable(provider, credential);
  const { state, word } = standing(credential, Date.now(), canTest);
  const account = accountName(credential);
  const uses = details.data?.used_by;
  return (
    <article className="card" aria-label={credential.title}>
      <div className="card__body gap-4 p-4">
        <div className="row gap-3">
          <Avatar credential={credential} />
          <div className="min-w-0 flex-1">
            {doing === "rename" ? (
              <TitleField value={credential.title} onSave={(title) => rename.mutate(title)} onStop={stop} />
            ) : (
              <h2 className="truncate">{credential.title}</h2>
            )}
            <p className="dim truncate text-12">
              {kindWord(credential.kind)}
              {account && ` · ${account}`}
            </p>
          </div>
          <State state={state} word={word} isChip />
        </div>
        {concern && (
          <Notice kind={state === "waiting" ? "wait" : "fail"}>
            <span className="wrap-anywhere">{concern.message}</span>
          </Notice>
        )}
        <TestAnswer test={test} isShown={concern === undefined} />
        <CredentialFacts credential={credential} fields={provider.fields} />
        {uses && uses.graphs.length + uses.webhooks.length > 0 && (
          <div className="grid gap-1 text-12">
            <p className="faint">Used by {usesInWords(uses)}</p>
            <div className="uses">
              <UseLinks uses={uses} className="anchor row max-w-full" />
            </div>
          </div>
        )}
      </div>
      {(mayChange || credential.is_platform) && (
        <div className="card__foot">
          {credential.is_platform && <span>This one belongs to the installation. Everybody may use it.</span>}
          {mayChange && (
            <span className="push row">
              {canTest && (
                <Button
                  size="small"
                  variant="quiet"
                  isBusy={test.isPending}
                  onClick={() => test.mutate(credential.id)}
                >
                  Test connection
                </Button>
              )}
              <Button size="small" onClick={() => setDoing("connect")}>
                {mendWord(credential.kind)}
              </Button>
              <Menu
                items={[
                  { label: "Rename", icon: PencilLine, onSelect: () => setDoing("rename") },
                  "separator",
                  {
                    label: "Remove connection",
                    icon: Trash2,
                    isDanger: true,
                    onSelect: () => setDoing("remove"),
                  },
                ]}
              >
                <IconButton icon={Ellipsis} label={`More for ${credential.title}`} size="small" />
              </Menu>
            </span>
          )}
        </div>
      )}
      {doing === "connect" && (
        <ConnectDialog provider={provider.provider} credential={credential} onClose={stop} onDone={stop} />
      )}
      {doing === "remove" && <RemoveCredential credential={credential} onClose={stop} />}
    </article>
  );
}

/** The picture of the account; the provider's icon where there is none. */
function Avatar({ credential }: { credential: Credential }) {
  const [isBroken, setIsBroken] = useState(false);
  if (!credential.account?.avatar_url || isBroken) return <ProviderTile provider={credential.provider} />;
  return (
    <img
      src={avatarHref(credential.id)}
      alt=""
      className="tile overflow-hidden object-cover"
      onError={() => setIsBroken(true)}
    />
  );
}

/** What the provider said just now, unless the card says the same already. */
function TestAnswer({ test, isShown }: { test: ReturnType<typeof useCredentialTest>; isShown: boolean }) {
  if (test.error) return <Notice kind="fail">{message(test.error)}</Notice>;
  if (!test.data || !isShown || !test.data.is_ok) return null;
  return (
    <Notice {...(test.data.is_tested ? { kind: "ok", icon: CircleCheck } : {})}>
      {testSaid(test.data) ?? "It works. The provider told no name."}
    </Notice>
  );
}

function useRename(id: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => changeCredential(id, { title }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.credentials });
      onDone();
    },
  });
}
