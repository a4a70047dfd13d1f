// The display name of each provider, and the person's credentials for whoever stands below.

import { createContext, type ReactNode, useContext, useMemo } from "react";

import type { CredentialsReference, ProviderName } from "@/lib/autogpt-server-api/types";

const PROVIDER_DISPLAY_NAMES: Record<ProviderName, string> = {
  airtable: "Airtable",
  discord: "Discord",
  "example-provider": "Example",
  "generic-webhook": "Any sender",
  github: "GitHub",
  google: "Google",
  http: "HTTP",
  linear: "Linear",
  notion: "Notion",
  slack: "Slack",
  "standard-webhooks": "Standard Webhooks",
  stripe: "Stripe",
  telegram: "Telegram",
};

export function providerDisplayName(provider: ProviderName): string {
  return PROVIDER_DISPLAY_NAMES[provider];
}

type CredentialsByProvider = ReadonlyMap<ProviderName, readonly CredentialsReference[]>;

const NONE: readonly CredentialsReference[] = [];
const CredentialsContext = createContext<CredentialsByProvider | null>(null);

type CredentialsProviderProps = {
  credentials: readonly CredentialsReference[];
  children: ReactNode;
};

export function CredentialsProvider({ credentials, children }: CredentialsProviderProps) {
  const byProvider = useMemo(() => groupByProvider(credentials), [credentials]);
  return <CredentialsContext value={byProvider}>{children}</CredentialsContext>;
}

/** The person's credentials for one provider, oldest first; an error outside of CredentialsProvider. */
export function useCredentials(provider: ProviderName): readonly CredentialsReference[] {
  const byProvider = useContext(CredentialsContext);
  if (byProvider === null) {
    throw new Error("useCredentials needs a CredentialsProvider above it.");
  }
  return byProvider.get(provider) ?? NONE;
}

function groupByProvider(credentials: readonly CredentialsReference[]): CredentialsByProvider {
  const groups = new Map<ProviderName, CredentialsReference[]>();
  for (const credential of credentials) {
    const group = groups.get(credential.provider);
    if (group) {
      group.push(credential);
    } else {
      groups.set(credential.provider, [credential]);
    }
  }
  return groups;
}
