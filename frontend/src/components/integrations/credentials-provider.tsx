// The display name of each provider, and the person's credentials for whoever stands below.

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";

import { useMay } from "@/components/session";
import { type Credential, credentialsQuery } from "@/lib/api/credentials";
import { PROVIDER_NAMES, type ProviderName } from "@/lib/autogpt-server-api/types";

const PROVIDER_DISPLAY_NAMES: Record<ProviderName, string> = {
  airtable: "Airtable",
  discord: "Discord",
  email: "E-mail",
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

const KNOWN: ReadonlySet<string> = new Set(Object.values(PROVIDER_NAMES));

export function isProviderName(text: string): text is ProviderName {
  return KNOWN.has(text);
}

/** What people call it; one that the front end does not know by its key. */
export function providerDisplayName(provider: string): string {
  return isProviderName(provider) ? PROVIDER_DISPLAY_NAMES[provider] : provider;
}

const CredentialsContext = createContext<readonly Credential[] | null>(null);

type CredentialsProviderProps = { credentials: readonly Credential[]; children: ReactNode };

/** These credentials, and no others, for everything below. Without it each field asks the server, once for all. */
export function CredentialsProvider({ credentials, children }: CredentialsProviderProps) {
  return <CredentialsContext value={credentials}>{children}</CredentialsContext>;
}

/** The person's credentials, of all providers; undefined while nobody knows yet, empty for those who may not see them. */
export function useCredentials(): readonly Credential[] | undefined {
  const given = useContext(CredentialsContext);
  const may = useMay("credentials:read");
  const asked = useQuery({ ...credentialsQuery, enabled: given === null && may });
  return given ?? (may ? asked.data : []);
}
