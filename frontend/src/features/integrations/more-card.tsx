// A provider that one is not connected to, in a row.

import { Link } from "@tanstack/react-router";

import { ProviderTile } from "@/components/integrations/provider-icon";
import { QualityMark } from "@/components/integrations/quality-mark";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import type { Provider } from "@/lib/api/integrations";
import { counted } from "@/lib/format";

/** Without `onConnect` there is nothing to connect. */
export function MoreCard({ provider, onConnect }: { provider: Provider; onConnect?: () => void }) {
  const mayConnect = useMay("credentials:write") && provider.is_available;
  return (
    <article className="card relative flex-row items-center gap-2.5 py-2 pr-2.5 pl-3">
      <ProviderTile provider={provider.provider} isSmall />
      <div className="grid min-w-0">
        <Link
          to="/integrations"
          search={{ provider: provider.provider }}
          className="truncate font-medium after:absolute after:inset-0 after:content-['']"
        >
          {provider.label}
        </Link>
        <QualityMark level={provider.quality} />
      </div>
      {provider.tier !== "free" && <span className="tag">{TIER_WORDS[provider.tier]}</span>}
      <span className="push row relative h-7">
        {onConnect && mayConnect ? (
          <Button size="small" variant="quiet" aria-label={`Connect ${provider.label}`} onClick={onConnect}>
            Connect
          </Button>
        ) : (
          <span className="faint text-12">
            {provider.is_available ? counted(provider.blocks.length, "block") : "Not in this tier"}
          </span>
        )}
      </span>
    </article>
  );
}

const TIER_WORDS: Record<Provider["tier"], string> = { free: "Free", paid: "Paid", premium: "Premium" };
