// The icon of a block: its provider's logo where there is one, else its own.

import { CircleQuestionMark } from "lucide-react";

import { BLOCK_ICONS } from "@/components/block-icons";
import { providerIcons } from "@/components/integrations/credentials-input";
import { isProviderName } from "@/components/integrations/credentials-provider";
import { Mark } from "@/components/integrations/provider-mark";
import { Icon } from "@/components/ui/icon";

/** `name` is that of a Lucide icon; one that no block of this server names is a question mark. */
export function BlockIcon({ name, provider }: { name: string; provider: string | null }) {
  const mark = provider !== null && isProviderName(provider) ? providerIcons[provider] : null;
  if (mark && "url" in mark) return <Mark mark={mark} />;
  return <Icon of={BLOCK_ICONS[name] ?? CircleQuestionMark} />;
}
