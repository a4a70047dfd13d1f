// The icon of any provider by its key; a key glyph for one that the front end does not know.

import { fallbackIcon, providerIcons } from "@/components/integrations/credentials-input";
import { isProviderName } from "@/components/integrations/credentials-provider";
import { Mark } from "@/components/integrations/provider-mark";

export function ProviderIcon({ provider }: { provider: string }) {
  return <Mark mark={isProviderName(provider) ? providerIcons[provider] : fallbackIcon} />;
}

/** The icon in a frame of 36, or 28. */
export function ProviderTile({ provider, isSmall = false }: { provider: string; isSmall?: boolean }) {
  return (
    <span className={isSmall ? "tile tile--sm" : "tile"}>
      <ProviderIcon provider={provider} />
    </span>
  );
}
