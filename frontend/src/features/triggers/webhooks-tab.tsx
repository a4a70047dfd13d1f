// All webhooks: whose they are, how they stand, who listens, when something came last.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, SearchX, Webhook as WebhookIcon } from "lucide-react";
import { ProviderTile } from "@/components/integrations/provider-icon";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy";
import { Ago } from "@/components/ui/figures";
import { State } from "@/components/ui/state";
import { Empty, Loads } from "@/components/ui/status";
import { GraphLinks } from "@/features/triggers/graph-links";
import { Remark } from "@/features/triggers/remark";
import { SecretButton } from "@/features/triggers/secret-button";
import { has } from "@/features/triggers/sought";
import { type Sender, useSenders, useWebhooks } from "@/features/triggers/webhook-hooks";
import { WebhookMenu } from "@/features/triggers/webhook-menu";
import { needsSecret, problemOf, standsOf, titleOf } from "@/features/triggers/webhook-stands";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import type { Webhook } from "@/lib/api/webhooks";

const COLUMNS = 6;

type Props = { sought: string; onMake: (() => void) | undefined };

export function WebhooksTab({ sought, onMake }: Props) {
  const webhooks = useWebhooks();
  const senders = useSenders() ?? [];
  return (
    <Loads query={webhooks} rows={8}>
      {(all) =>
        all.length === 0 ? (
          <NoWebhooks onMake={onMake} />
        ) : (
          <WebhookTable webhooks={all} senders={senders} sought={sought} />
        )
      }
    </Loads>
  );
}

function NoWebhooks({ onMake }: { onMake: (() => void) | undefined }) {
  return (
    <Empty
      icon={WebhookIcon}
      title="No webhooks yet"
      action={
        onMake && (
          <Button icon={Plus} onClick={onMake}>
            New webhook
          </Button>
        )
      }
    >
      A webhook is an address to which a service sends its events. Publish a graph with a trigger and it gets
      one, or make one by hand.
    </Empty>
  );
}

type TableProps = { webhooks: readonly Webhook[]; senders: readonly Sender[]; sought: string };

function WebhookTable({ webhooks, senders, sought }: TableProps) {
  const graphs = useQuery(graphRowsQuery).data;
  const found = webhooks.filter((webhook) => {
    const names = webhook.triggers.map((listener) => graphs?.get(listener.graph_id)?.name);
    const label = labelOf(webhook, senders);
    return has(sought, [titleOf(webhook, label), label, webhook.resource, webhook.id, ...names]);
  });
  if (found.length === 0)
    return (
      <Empty icon={SearchX} title="No webhook fits">
        Search for another part of its name, its provider or its graph.
      </Empty>
    );
  return (
    <div className="card overflow-x-auto">
      <table className="data data--tall">
        <thead>
          <tr>
            <th>Webhook</th>
            <th className="max-xl:hidden">Address</th>
            <th>State</th>
            <th className="max-lg:hidden">Starts</th>
            <th className="max-lg:hidden">Last delivery</th>
            <th className="r">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} senders={senders} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function WebhookRow({ webhook, senders }: { webhook: Webhook; senders: readonly Sender[] }) {
  const label = labelOf(webhook, senders);
  const support = senders.find((sender) => sender.provider === webhook.provider)?.support;
  const problem = problemOf(webhook, label, support);
  return (
    <>
      <tr>
        <td className="w-1/3 max-w-0 max-lg:w-full max-lg:py-2">
          <div className="row gap-3">
            <ProviderTile provider={webhook.provider} />
            <div className="min-w-0">
              <Link
                to="/triggers/$provider/$webhookId"
                params={{ provider: webhook.provider, webhookId: webhook.id }}
                className="row-link block truncate font-semibold max-lg:line-clamp-2 max-lg:whitespace-normal max-lg:wrap-anywhere"
              >
                {titleOf(webhook, label)}
              </Link>
              <div className="faint truncate text-12 max-lg:line-clamp-2 max-lg:whitespace-normal">
                {about(webhook, label)}
              </div>
            </div>
          </div>
        </td>
        <td className="mono faint max-w-48 truncate text-12 max-xl:hidden" title={webhook.url}>
          …/{webhook.id}/ingress
        </td>
        <td>
          <State {...standsOf(webhook)} />
        </td>
        <td className="max-w-44 max-lg:hidden">
          <GraphLinks listeners={webhook.triggers} />
        </td>
        <td className="dim max-lg:hidden">
          {webhook.last_delivery_at ? <Ago at={webhook.last_delivery_at} /> : "None yet"}
        </td>
        <td className="r">
          <span className="over inline-flex gap-1">
            <CopyButton text={webhook.url} label="Copy the address" />
            <WebhookMenu webhook={webhook} label={label} support={support} />
          </span>
        </td>
      </tr>
      {problem && (
        <Remark
          problem={problem}
          columns={COLUMNS}
          isWaiting={!webhook.has_secret}
          action={
            needsSecret(webhook, support) && (
              <SecretButton webhook={webhook} label={label} support={support} />
            )
          }
        />
      )}
    </>
  );
}

/** Whose it is, of what, and who set it up. */
function about(webhook: Webhook, label: string): string {
  const by = webhook.is_automatic ? "set up by Blockyard" : "set up by hand";
  return [label, webhook.title ? webhook.resource : "", by].filter(Boolean).join(" · ");
}

function labelOf(webhook: Webhook, senders: readonly Sender[]): string {
  return senders.find((sender) => sender.provider === webhook.provider)?.label ?? webhook.provider;
}
