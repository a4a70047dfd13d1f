// Deleting a webhook; one that published graphs listen to says which, and what to do first.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { tell } from "@/components/ui/toast";
import { GraphLink } from "@/features/triggers/graph-links";
import { titleOf } from "@/features/triggers/webhook-stands";
import { keys } from "@/lib/api/keys";
import { deleteWebhook, type Webhook } from "@/lib/api/webhooks";

type Props = { webhook: Webhook; label: string; onClose: () => void };

export function DeleteWebhook({ webhook, label, onClose }: Props) {
  const live = webhook.triggers.filter((listener) => listener.is_live);
  const graphIds = [...new Set(live.map((listener) => listener.graph_id))];
  const title = titleOf(webhook, label);
  if (graphIds.length === 0) return <Deletion webhook={webhook} label={label} onClose={onClose} />;
  return (
    <Dialog
      title={`${title} is in use`}
      about="Published graphs listen to it. Unpublish them first, or take their trigger away and publish again."
      onClose={onClose}
      actions={<Button onClick={onClose}>Keep</Button>}
    >
      <ul className="grid gap-1">
        {graphIds.map((graphId) => (
          <li key={graphId}>
            <GraphLink graphId={graphId} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Deletion({ webhook, label, onClose }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const remove = useMutation({
    mutationFn: () => deleteWebhook({ provider: webhook.provider, webhookId: webhook.id }),
    onSuccess: () => {
      if (pathname.endsWith(webhook.id)) void navigate({ to: "/triggers", search: { tab: "webhooks" } });
      void queries.invalidateQueries({ queryKey: [...keys.webhooks, "of"] });
      tell("Webhook deleted");
    },
    onSettled: onClose,
  });
  return (
    <Confirm
      title={`Delete ${titleOf(webhook, label)}?`}
      about={`Its address stops working at once: what ${label} sends there is answered 404. Its deliveries go too; the runs that they started stay.`}
      deed="Delete webhook"
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
