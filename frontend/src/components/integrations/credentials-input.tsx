// The icon of each provider, and the field where a person picks one of their credentials.

import { FlaskConical, Globe, KeyRound, type LucideIcon, Mail, ShieldCheck, Webhook } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

import {
  accountName,
  type CredentialNeed,
  fitting,
  isBroken,
  lackingScopes,
} from "@/components/integrations/credential-choice";
import { CredentialTest } from "@/components/integrations/credential-test";
import {
  isProviderName,
  providerDisplayName,
  useCredentials,
} from "@/components/integrations/credentials-provider";
import {
  airtableLogo,
  discordLogo,
  githubLogo,
  googleLogo,
  linearLogo,
  notionLogo,
  slackLogo,
  stripeLogo,
  telegramLogo,
} from "@/components/integrations/provider-logos";
import { Mark, type ProviderMark } from "@/components/integrations/provider-mark";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Menu } from "@/components/ui/menu";
import { State } from "@/components/ui/state";
import type { Credential } from "@/lib/api/credentials";
import type { CredentialsReference, ProviderName } from "@/lib/autogpt-server-api/types";

/** For a provider without an icon of its own. */
export const fallbackIcon: LucideIcon = KeyRound;

export const providerIcons: Record<ProviderName, ProviderMark> = {
  airtable: airtableLogo,
  discord: discordLogo,
  email: Mail,
  "example-provider": FlaskConical,
  "generic-webhook": Webhook,
  github: githubLogo,
  google: googleLogo,
  http: Globe,
  linear: linearLogo,
  notion: notionLogo,
  slack: slackLogo,
  "standard-webhooks": ShieldCheck,
  stripe: stripeLogo,
  telegram: telegramLogo,
};

const ConnectDialog = lazy(async () => {
  const { ConnectDialog } = await import("@/components/integrations/connect-dialog");
  return { default: ConnectDialog };
});

type CredentialsInputProps = {
  /** The providers whose credentials the block takes: mostly one. */
  provider: string | readonly string[];
  /** The id of the chosen credential; null: none yet. */
  value: string | null;
  onChange: (chosen: CredentialsReference | null) => void;
  /** Only these kinds; empty: any. */
  kinds?: readonly string[];
  /** What a login must allow. */
  scopes?: readonly string[];
  /** Chosen by itself where nothing is: the connection that this graph uses already. */
  preferredId?: string | null;
  label?: string;
  /** What the server says is wrong with it. */
  error?: string | undefined;
  isRequired?: boolean;
};

const NONE: readonly string[] = [];
/** Before a provider: the value of the line that connects another one; no id begins so. */
const ANOTHER = "+";

export function CredentialsInput({ value, onChange, preferredId = null, ...rest }: CredentialsInputProps) {
  const { provider, kinds = NONE, scopes = NONE, label, error, isRequired = false } = rest;
  const providers = typeof provider === "string" ? [provider] : provider;
  const need: CredentialNeed = { providers, kinds, scopes };
  const all = useCredentials();
  const mayConnect = useMay("credentials:write");
  const [dialog, setDialog] = useState<Opened | null>(null);
  const [wantedId, setWantedId] = useState<string | null>(null);
  const options = fitting(all ?? [], need);
  const chosen = options.find((one) => one.id === value);
  const choose = (id: string) => {
    const reference = referenceTo(options.find((one) => one.id === id));
    if (reference) onChange(reference);
  };
  usePreferred(value === null ? (wantedId ?? preferredId) : wantedId, value, options, choose);

  const main = chosen?.provider ?? providers[0] ?? "";
  const name = providers.length > 1 && !chosen ? "a service" : providerDisplayName(main);
  const pick = (id: string) =>
    id.startsWith(ANOTHER) ? setDialog({ provider: id.slice(ANOTHER.length) }) : choose(id);
  return (
    <div className="grid gap-2">
      <Field
        label={label ?? `${providers.length > 1 ? "Service" : providerDisplayName(main)} connection`}
        error={error}
        note={isRequired && !value ? "required" : undefined}
      >
        {(described) => (
          <Select
            {...described}
            value={chosen ? chosen.id : null}
            onChange={pick}
            placeholder={placeholder(value !== null && all !== undefined, options.length, name)}
            disabled={options.length === 0 && !mayConnect}
            options={[
              ...options.map((one) => ({
                value: one.id,
                text: one.title,
                label: <Face credential={one} />,
              })),
              ...(mayConnect ? providers : NONE).map((one) => ({
                value: `${ANOTHER}${one}`,
                text: `Connect ${providerDisplayName(one)}`,
                label: `Connect ${providers.length === 1 && options.length ? "another" : providerDisplayName(one)}…`,
              })),
            ]}
          />
        )}
      </Field>
      <Below
        chosen={chosen}
        isLoading={all === undefined}
        scopes={scopes}
        providers={providers}
        mayConnect={mayConnect}
        onConnect={(wanted) => setDialog({ provider: wanted })}
        onReconnect={(broken) => setDialog({ provider: broken.provider, credential: broken })}
      />
      {dialog && (
        <Suspense>
          <ConnectDialog
            {...dialog}
            kinds={kinds}
            scopes={scopes}
            onClose={() => setDialog(null)}
            onDone={(id) => {
              setDialog(null);
              setWantedId(id);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

type Opened = { provider: string; credential?: Credential | undefined };

/** Chooses a credential as soon as it is among those that fit: the new one, or the one that is used already. */
function usePreferred(
  wantedId: string | null,
  value: string | null,
  options: readonly Credential[],
  choose: (id: string) => void,
): void {
  const isThere = wantedId !== null && wantedId !== value && options.some((one) => one.id === wantedId);
  const [takenId, setTakenId] = useState<string | null>(null);
  useEffect(() => {
    if (!isThere || wantedId === takenId) return;
    setTakenId(wantedId); // once: afterwards the person decides
    choose(wantedId);
  }, [isThere, wantedId, takenId, choose]);
}

function placeholder(isGone: boolean, count: number, name: string): string {
  if (isGone) return "The connection of before is gone";
  return count ? "Choose a connection" : `No connection to ${name} yet`;
}

function Face({ credential }: { credential: Credential }) {
  const mark = isProviderName(credential.provider) ? providerIcons[credential.provider] : fallbackIcon;
  const account = accountName(credential);
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Mark mark={mark} />
      <span className="truncate">
        {credential.title}
        {account && account !== credential.title && <span className="faint"> {account}</span>}
      </span>
    </span>
  );
}

type BelowProps = {
  chosen: Credential | undefined;
  isLoading: boolean;
  scopes: readonly string[];
  providers: readonly string[];
  mayConnect: boolean;
  onConnect: (provider: string) => void;
  onReconnect: (broken: Credential) => void;
};

/** How the connection stands, and the one thing to do about it. */
function Below({ chosen, isLoading, scopes, providers, mayConnect, ...on }: BelowProps) {
  if (isLoading) return null;
  if (chosen === undefined) {
    return (
      <div className="row min-h-7">
        <State state="idle" word="Missing" />
        {mayConnect && <ConnectButton providers={providers} onConnect={on.onConnect} />}
      </div>
    );
  }
  const lacking = lackingScopes(chosen, scopes);
  if (isBroken(chosen) || lacking.length > 0) {
    return (
      <div className="grid gap-1">
        <div className="row min-h-7">
          <State state="failed" word="Reconnect" />
          {mayConnect && !chosen.is_platform && (
            <Button size="small" className="push" onClick={() => on.onReconnect(chosen)}>
              Reconnect
            </Button>
          )}
        </div>
        <p className="field__error">
          {chosen.problem || (lacking.length ? `It may not: ${lacking.join(", ")}.` : "It ran out.")}
        </p>
      </div>
    );
  }
  return <CredentialTest credential={chosen} mayTest={mayConnect} />;
}

type ConnectButtonProps = { providers: readonly string[]; onConnect: (provider: string) => void };

/** Of several providers the person chooses first. */
function ConnectButton({ providers, onConnect }: ConnectButtonProps) {
  const [only] = providers;
  if (only !== undefined && providers.length === 1) {
    return (
      <Button size="small" className="push" onClick={() => onConnect(only)}>
        Connect {providerDisplayName(only)}
      </Button>
    );
  }
  const items = providers.map((one) => ({ label: providerDisplayName(one), onSelect: () => onConnect(one) }));
  return (
    <Menu items={items}>
      <Button size="small" className="push">
        Connect a service
      </Button>
    </Menu>
  );
}

function referenceTo(credential: Credential | undefined): CredentialsReference | null {
  if (credential === undefined || !isProviderName(credential.provider)) return null;
  return {
    id: credential.id,
    provider: credential.provider,
    type: credential.kind,
    title: credential.title,
  };
}
