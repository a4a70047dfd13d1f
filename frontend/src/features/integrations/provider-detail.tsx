// One provider: the person's connections to it, its blocks, its webhooks, and what is known of it.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, KeyRound, Plus, Unplug } from "lucide-react";
import { useState } from "react";

import { ConnectDialog, LoginNotSetUp } from "@/components/integrations/connect-dialog";
import { useCredentials } from "@/components/integrations/credentials-provider";
import { ProviderTile } from "@/components/integrations/provider-icon";
import { useProviders } from "@/components/integrations/use-providers";
import { useMay } from "@/components/session";
import { Button, classes } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { useTitle } from "@/components/ui/page";
import { Empty, Loading, Loads } from "@/components/ui/status";
import { Tabs } from "@/components/ui/tabs";
import { CredentialCard } from "@/features/integrations/credential-card";
import { isConnectable } from "@/features/integrations/overview";
import { ProviderBlocks } from "@/features/integrations/provider-blocks";
import { ProviderFacts } from "@/features/integrations/provider-facts";
import { ProviderWebhooks } from "@/features/integrations/provider-webhooks";
import { credentialHealthQuery } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";

const TABS = ["connections", "blocks", "webhooks"] as const;
type TabName = (typeof TABS)[number];

export function ProviderDetail({ provider, tab }: { provider: string; tab: string | undefined }) {
  const providers = useProviders();
  return (
    <main className="page">
      <Loads query={providers}>
        {(all) => {
          const found = all.find((one) => one.provider === provider);
          return found ? <Detail provider={found} tab={tab} /> : <Unknown provider={provider} />;
        }}
      </Loads>
    </main>
  );
}

function Unknown({ provider }: { provider: string }) {
  useTitle("Integrations");
  return (
    <div className="page__body">
      <Empty
        icon={Unplug}
        title={`There is no integration “${provider}”`}
        action={
          <Link to="/integrations" className={classes({ variant: "ink" })}>
            All integrations
          </Link>
        }
      >
        It may come with a plugin that is not installed here.
      </Empty>
    </div>
  );
}

function Detail({ provider, tab }: { provider: Provider; tab: string | undefined }) {
  useTitle(provider.label);
  const navigate = useNavigate();
  const [isConnecting, setIsConnecting] = useState(false);
  const mayConnect = useMay("credentials:write") && isConnectable(provider) && provider.is_available;
  const show = (value: TabName) =>
    void navigate({ to: ".", search: (old) => ({ ...old, tab: value }), replace: true });
  const own = useCredentials()?.filter((one) => one.provider === provider.provider);
  const usual = isConnectable(provider) || own?.length ? "connections" : "blocks";
  const shown = TABS.find((one) => one === tab) ?? usual;
  return (
    <>
      <div className="page__head">
        <Link
          to="/integrations"
          className={`${classes({ variant: "quiet" })} btn--icon`}
          aria-label="All integrations"
        >
          <Icon of={ArrowLeft} />
        </Link>
        <ProviderTile provider={provider.provider} />
        <h1>{provider.label}</h1>
        {mayConnect && (
          <Button
            variant={own?.length ? "plain" : "ink"}
            icon={Plus}
            className="push"
            onClick={() => setIsConnecting(true)}
          >
            {own?.length ? "Connect another" : `Connect ${provider.label}`}
          </Button>
        )}
      </div>
      <div className="page__body grid grid-cols-[minmax(0,1fr)] content-start gap-6 overflow-auto xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="integration-tabs min-w-0">
          <Tabs
            label={`About ${provider.label}`}
            value={shown}
            onChange={show}
            tabs={[
              {
                value: "connections",
                label: <Counted word="Connections" count={own?.length} />,
                content: <Connections provider={provider} />,
              },
              {
                value: "blocks",
                label: <Counted word="Blocks" count={provider.blocks.length} />,
                content: <ProviderBlocks provider={provider} />,
              },
              {
                value: "webhooks",
                label: "Webhooks",
                content: <ProviderWebhooks provider={provider} />,
              },
            ]}
          />
        </div>
        <ProviderFacts provider={provider} />
      </div>
      {isConnecting && (
        <ConnectDialog
          provider={provider.provider}
          onClose={() => setIsConnecting(false)}
          onDone={() => {
            setIsConnecting(false);
            show("connections");
          }}
        />
      )}
    </>
  );
}

function Counted({ word, count }: { word: string; count: number | undefined }) {
  return (
    <>
      {word}
      {count !== undefined && <span className="faint num text-12">{count}</span>}
    </>
  );
}

function Connections({ provider }: { provider: Provider }) {
  const credentials = useCredentials();
  const mayRead = useMay("credentials:read");
  const health = useQuery({ ...credentialHealthQuery, enabled: mayRead });
  if (credentials === undefined) return <Loading />;
  const own = credentials.filter((one) => one.provider === provider.provider);
  const isLoginMissing = provider.login !== null && !provider.login.is_set_up;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pt-4">
      {own.map((credential) => (
        <CredentialCard
          key={credential.id}
          provider={provider}
          credential={credential}
          concern={health.data?.items.find((one) => one.credential.id === credential.id)}
        />
      ))}
      {own.length === 0 && (
        <Empty icon={KeyRound} title={isConnectable(provider) ? "Not connected yet" : "Nothing to connect"}>
          {emptyWords(provider)}
        </Empty>
      )}
      {isLoginMissing && <LoginNotSetUp provider={provider} />}
    </div>
  );
}

function emptyWords(provider: Provider): string {
  if (!isConnectable(provider)) return `The blocks of ${provider.label} work without a connection.`;
  const canFillIn = provider.kinds.some((kind) => kind !== "oauth2");
  if (canFillIn) return `Connect ${provider.label} once; every graph of yours can use it then.`;
  return provider.login?.is_set_up
    ? `Log in at ${provider.label} once; every graph of yours can use it then.`
    : `One logs in at ${provider.label}, and that has to be set up first.`;
}
