// What uses a credential: how many, with their names; asked for when it is shown.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Popover } from "radix-ui";

import { type CredentialDetails, credentialQuery } from "@/lib/api/integrations";
import { counted } from "@/lib/format";

type Uses = CredentialDetails["used_by"];

/** "2 graphs", which opens the list. */
export function UsedBy({ id }: { id: string }) {
  const details = useQuery(credentialQuery(id));
  if (!details.data) return null;
  const uses = details.data.used_by;
  if (uses.graphs.length + uses.webhooks.length === 0) return <span className="faint">Not used yet</span>;
  return (
    <Popover.Root>
      <Popover.Trigger className="anchor cursor-pointer border-0 bg-transparent p-0">
        {usesInWords(uses)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu" align="start" sideOffset={6} collisionPadding={8}>
          <UseLinks uses={uses} className="menu__item hover:bg-hover" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

export function UseLinks({ uses, className = "" }: { uses: Uses; className?: string }) {
  return (
    <ul>
      {uses.graphs.map((graph) => (
        <li key={graph.graph_id}>
          <Link to="/graphs/$graphId" params={{ graphId: graph.graph_id }} className={className}>
            <span className="truncate">{graph.name || "Untitled"}</span>
            {graph.is_in_published && <span className="push faint text-12">live</span>}
          </Link>
        </li>
      ))}
      {uses.webhooks.map((webhook) => (
        <li key={webhook.webhook_id}>
          <Link
            to="/triggers/$provider/$webhookId"
            params={{ provider: webhook.provider, webhookId: webhook.webhook_id }}
            className={className}
          >
            <span className="truncate">Webhook {webhook.resource}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function usesInWords(uses: Uses): string {
  return [
    uses.graphs.length > 0 && counted(uses.graphs.length, "graph"),
    uses.webhooks.length > 0 && counted(uses.webhooks.length, "webhook"),
  ]
    .filter(Boolean)
    .join(", ");
}
