// What is known of a provider, at the side: what it is for, how one connects, how well it is covered.

import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";

import { kindWord } from "@/components/integrations/credential-choice";
import { QualityMark } from "@/components/integrations/quality-mark";
import { waysTo } from "@/components/integrations/secret-draft";
import { Icon } from "@/components/ui/icon";
import { isConnectable } from "@/features/integrations/overview";
import { QualityRules } from "@/features/integrations/quality-rules";
import type { Provider } from "@/lib/api/integrations";

export function ProviderFacts({ provider }: { provider: Provider }) {
  return (
    <aside className="card content-start self-start" aria-label={`Facts about ${provider.label}`}>
      <div className="card__body gap-3 p-4">
        {provider.description && <p>{provider.description}</p>}
        <dl className="kv">
          <Fact name="Connects by">
            {isConnectable(provider)
              ? waysTo(provider, []).map(kindWord).join(", ")
              : "Nothing, it needs none"}
          </Fact>
          <Fact name="Tested when connected">{provider.has_test ? "Yes" : "No"}</Fact>
          <Fact name="Webhooks">{webhookWord(provider)}</Fact>
          <Fact name="Tier">
            {provider.tier}
            {!provider.is_available && ", not in this installation"}
          </Fact>
          <Fact name="Quality">
            <QualityMark level={provider.quality} />
          </Fact>
        </dl>
        <QualityRules provider={provider} />
        {provider.help_url && (
          <a
            className="anchor inline-flex items-center gap-1 text-12"
            href={provider.help_url}
            target="_blank"
            rel="noreferrer"
          >
            How to get a key at {provider.label}
            <Icon of={ExternalLink} size={12} />
          </a>
        )}
      </div>
    </aside>
  );
}

function webhookWord({ webhooks }: Provider): string {
  if (!webhooks) return "Not taken";
  return webhooks.is_automatic ? "Set up by themselves" : "Set up by hand";
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="first-letter:uppercase">{children}</dd>
    </>
  );
}
