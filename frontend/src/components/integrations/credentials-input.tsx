// The icon of each provider, and the field where a person picks one of their credentials.

import {
  CreditCard,
  FileText,
  FlaskConical,
  Gamepad2,
  GitBranch,
  Globe,
  KeyRound,
  type LucideIcon,
  Mail,
  MessagesSquare,
  Send,
  ShieldCheck,
  SquareKanban,
  Table2,
  Webhook,
} from "lucide-react";

import { providerDisplayName, useCredentials } from "@/components/integrations/credentials-provider";
import type { CredentialsReference, ProviderName } from "@/lib/autogpt-server-api/types";

/** For a provider without an icon of its own. */
export const fallbackIcon: LucideIcon = KeyRound;

export const providerIcons: Record<ProviderName, LucideIcon> = {
  airtable: Table2,
  discord: Gamepad2,
  "example-provider": FlaskConical,
  "generic-webhook": Webhook,
  github: GitBranch,
  google: Mail,
  http: Globe,
  linear: SquareKanban,
  notion: FileText,
  slack: MessagesSquare,
  "standard-webhooks": ShieldCheck,
  stripe: CreditCard,
  telegram: Send,
};

type CredentialsInputProps = {
  provider: ProviderName;
  /** The id of the chosen credential; null: none yet. */
  value: string | null;
  onChange: (chosen: CredentialsReference | null) => void;
};

export function CredentialsInput({ provider, value, onChange }: CredentialsInputProps) {
  const credentials = useCredentials(provider);
  const Icon = providerIcons[provider];
  const name = providerDisplayName(provider);
  const choose = (id: string) => onChange(credentials.find((credential) => credential.id === id) ?? null);

  return (
    <label>
      <Icon aria-hidden size={16} /> {name} connection
      <select value={value ?? ""} onChange={(event) => choose(event.target.value)}>
        <option value="">{credentials.length ? "Choose a connection" : `No ${name} connection yet`}</option>
        {credentials.map((credential) => (
          <option key={credential.id} value={credential.id}>
            {credential.title}
          </option>
        ))}
      </select>
    </label>
  );
}
