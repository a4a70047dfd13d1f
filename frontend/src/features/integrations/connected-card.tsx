// A provider that one is connected to: whose account, whether it works, what uses it.

import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, FlaskConical, Plus, Settings2 } from "lucide-react";

import { accountName, standing } from "@/components/integrations/credential-choice";
import { testSaid, useCredentialTest } from "@/components/integrations/credential-test";
import { ProviderTile } from "@/components/integrations/provider-icon";
import { QualityMark } from "@/components/integrations/quality-mark";
import { useMay } from "@/components/session";
import { Button, IconButton } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Menu } from "@/components/ui/menu";
import { State } from "@/components/ui/state";
import { tell } from "@/components/ui/toast";
import { type Connected, isConnectable, isTestable } from "@/features/integrations/overview";
import { UsedBy } from "@/features/integrations/used-by";

type ConnectedCardProps = { connected: Connected; onConnect: () => void };

export function ConnectedCard({ connected: { provider, credentials }, onConnect }: ConnectedCardProps) {
  const [credential] = credentials;
  const navigate = useNavigate();
  const test = useCredentialTest();
  const mayChange = useMay("credentials:write");
  if (!credential) return null;
  const canTest = isTestable(provider, credential);
  const { state, word } = standing(credential, Date.now(), canTest);
  const open = () => void navigate({ to: "/integrations", search: { provider: provider.provider } });
  const tryIt = () =>
    test.mutate(credential.id, {
      onSuccess: (tested) => {
        if (!tested.is_ok) return; // the card moves up and says why
        tell(tested.is_tested ? `${provider.label} works. ${testSaid(tested) ?? ""}` : tested.reason);
      },
    });
  const others = credentials.length - 1;
  return (
    <article className="card relative">
      <div className="card__body px-4 py-3.5">
        <div className="row gap-3">
          <ProviderTile provider={provider.provider} />
          <div className="min-w-0">
            <div className="row">
              <h3 className="truncate">
                <Link
                  to="/integrations"
                  search={{ provider: provider.provider }}
                  className="after:absolute after:inset-0 after:content-['']"
                >
                  {provider.label}
                </Link>
              </h3>
              <QualityMark level={provider.quality} />
            </div>
            <p className="dim truncate text-12">
              {accountName(credential) || credential.title}
              {others > 0 && ` and ${others} more`}
            </p>
          </div>
          {mayChange && (
            <span className="push relative">
              <Menu
                items={[
                  { label: "Open", icon: Settings2, onSelect: open },
                  ...(canTest ? [{ label: "Test connection", icon: FlaskConical, onSelect: tryIt }] : []),
                  ...(isConnectable(provider)
                    ? [{ label: "Connect another", icon: Plus, onSelect: onConnect }]
                    : []),
                ]}
              >
                <IconButton icon={Ellipsis} label={`More for ${provider.label}`} size="small" />
              </Menu>
            </span>
          )}
        </div>
      </div>
      <div className="card__foot">
        <State state={test.isPending ? "running" : state} word={test.isPending ? "Asking" : word} />
        {credential.tested_at && (
          <span className="faint truncate">
            checked <Ago at={credential.tested_at} />
          </span>
        )}
        <span className="push row relative">
          {state === "idle" && canTest && mayChange ? (
            <Button size="small" isBusy={test.isPending} onClick={tryIt}>
              Test connection
            </Button>
          ) : (
            <UsedBy id={credential.id} />
          )}
        </span>
      </div>
    </article>
  );
}
