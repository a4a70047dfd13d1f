// The other webhooks, beside the one that is looked at; only where there is room.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { ProviderTile } from "@/components/integrations/provider-icon";
import { State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { useSenders, useWebhooks } from "@/features/triggers/webhook-hooks";
import { standsOf, titleOf } from "@/features/triggers/webhook-stands";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import type { Webhook } from "@/lib/api/webhooks";

export function WebhookSide({ current }: { current: string }) {
  const webhooks = useWebhooks();
  return (
    <nav className="aside max-[1399px]:hidden" aria-label="Webhooks">
      <div className="px-4 pt-6 pb-3">
        <Link to="/triggers" search={{ tab: "webhooks" }} className="text-20 font-semibold">
          Triggers
        </Link>
      </div>
      <div className="overflow-auto px-2 pb-4">
        <Loads query={webhooks}>
          {(all) => (
            <ul className="grid gap-0.5">
              {all.map((webhook) => (
                <SideItem key={webhook.id} webhook={webhook} isCurrent={webhook.id === current} />
              ))}
            </ul>
          )}
        </Loads>
      </div>
    </nav>
  );
}

function SideItem({ webhook, isCurrent }: { webhook: Webhook; isCurrent: boolean }) {
  const graphs = useQuery(graphRowsQuery).data;
  const label = useSenders()?.find((sender) => sender.provider === webhook.provider)?.label;
  const names = webhook.triggers.map((listener) => graphs?.get(listener.graph_id)?.name);
  return (
    <li>
      <Link
        to="/triggers/$provider/$webhookId"
        params={{ provider: webhook.provider, webhookId: webhook.id }}
        className="aside__item"
        aria-current={isCurrent ? "page" : undefined}
      >
        <span className="row-span-2">
          <ProviderTile provider={webhook.provider} isSmall />
        </span>
        <span className="row">
          <span className="truncate font-semibold">{titleOf(webhook, label ?? webhook.provider)}</span>
          <span className="push">
            <State {...standsOf(webhook)} />
          </span>
        </span>
        <span className="faint truncate text-12">
          {[label, ...new Set(names.filter(Boolean))].filter(Boolean).join(" · ")}
        </span>
      </Link>
    </li>
  );
}
