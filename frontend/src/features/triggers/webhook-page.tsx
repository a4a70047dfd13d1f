// One webhook: its address, its secret, who listens, and what came.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";

import { ProviderTile } from "@/components/integrations/provider-icon";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { useTitle } from "@/components/ui/page";
import { State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { Deliveries } from "@/features/triggers/deliveries";
import { Listeners } from "@/features/triggers/listeners";
import { WebhookAddress } from "@/features/triggers/webhook-address";
import { useSenders } from "@/features/triggers/webhook-hooks";
import { WebhookMenu } from "@/features/triggers/webhook-menu";
import { WebhookSide } from "@/features/triggers/webhook-side";
import { problemOf, standsOf, titleOf } from "@/features/triggers/webhook-stands";
import { type OneWebhook, webhookQuery } from "@/lib/api/webhooks";
import "@/styles/triggers.css";

const REFETCH_MS = 5_000;

export function WebhookPage() {
  const { provider = "", webhookId = "" } = useParams({ strict: false });
  const webhook = useQuery({ ...webhookQuery({ provider, webhookId }), refetchInterval: REFETCH_MS });
  return (
    <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] min-[1400px]:grid-cols-[316px_minmax(0,1fr)]">
      <WebhookSide current={webhookId} />
      <main className="page">
        <div className="min-h-0 flex-1 overflow-auto px-7 py-6" data-scroller>
          <Link
            to="/triggers"
            search={{ tab: "webhooks" }}
            className="dim row mb-4 w-fit text-12 font-medium hover:text-text min-[1400px]:hidden"
          >
            <Icon of={ArrowLeft} size={14} />
            All webhooks
          </Link>
          <Loads query={webhook} rows={8}>
            {(loaded) => <Shown key={loaded.id} webhook={loaded} />}
          </Loads>
        </div>
      </main>
    </div>
  );
}

function Shown({ webhook }: { webhook: OneWebhook }) {
  const sender = useSenders()?.find((one) => one.provider === webhook.provider);
  const label = sender?.label ?? webhook.provider;
  const title = titleOf(webhook, label);
  const problem = problemOf(webhook, label, sender?.support);
  useTitle(title);
  return (
    <div className="grid gap-4">
      <header className="row gap-3">
        <ProviderTile provider={webhook.provider} />
        <div className="min-w-0">
          <h1 className="truncate text-16">{title}</h1>
          <p className="faint truncate text-12">
            {[label, webhook.title ? webhook.resource : ""].filter(Boolean).join(" · ")}
          </p>
        </div>
        <div className="push row">
          <State {...standsOf(webhook)} isChip />
          <WebhookMenu webhook={webhook} label={label} support={sender?.support} />
        </div>
      </header>
      {problem && <Notice kind={webhook.has_secret ? "fail" : "wait"}>{problem}</Notice>}
      <WebhookAddress webhook={webhook} label={label} support={sender?.support} />
      <Listeners webhook={webhook} />
      <Deliveries webhook={webhook} label={label} />
    </div>
  );
}
