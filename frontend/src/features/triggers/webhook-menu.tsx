// What one does with a webhook beside looking at it: rename, keep, another secret, try, delete.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, KeyRound, Pencil, Pin, PinOff, Send, Trash2 } from "lucide-react";
import { useState } from "react";

import { useMay } from "@/components/session";
import { IconButton } from "@/components/ui/button";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { tell } from "@/components/ui/toast";
import { DeleteWebhook } from "@/features/triggers/delete-webhook";
import { RenameWebhook } from "@/features/triggers/rename-webhook";
import { RotateSecret } from "@/features/triggers/rotate-secret";
import { takesSecret, titleOf } from "@/features/triggers/webhook-stands";
import { keys } from "@/lib/api/keys";
import { changeWebhook, pingWebhook, type Webhook, type WebhookSupport } from "@/lib/api/webhooks";

type Props = { webhook: Webhook; label: string; support: WebhookSupport | undefined };
type Opened = "rename" | "rotate" | "delete" | null;

export function WebhookMenu({ webhook, label, support }: Props) {
  const [opened, setOpened] = useState<Opened>(null);
  const mayChange = useMay("triggers:write");
  const ping = usePing(webhook);
  const keep = useKeep(webhook);
  if (!mayChange) return null;
  const close = () => setOpened(null);
  const items: MenuItem[] = [
    { label: "Rename", icon: Pencil, onSelect: () => setOpened("rename") },
    { label: "Send a test event", icon: Send, onSelect: () => ping.mutate() },
    {
      label: takesSecret(webhook, support) ? "Enter its secret" : "Rotate its secret",
      icon: KeyRound,
      onSelect: () => setOpened("rotate"),
    },
    ...(webhook.is_automatic
      ? []
      : [
          {
            label: webhook.is_kept ? "Delete when unused" : "Keep when unused",
            icon: webhook.is_kept ? PinOff : Pin,
            onSelect: () => keep.mutate(!webhook.is_kept),
          },
        ]),
    "separator",
    { label: "Delete", icon: Trash2, isDanger: true, onSelect: () => setOpened("delete") },
  ];
  return (
    <>
      <Menu items={items}>
        <IconButton
          icon={Ellipsis}
          label={`More for ${titleOf(webhook, label)}`}
          size="small"
          isBusy={ping.isPending}
        />
      </Menu>
      {opened === "rename" && <RenameWebhook webhook={webhook} onClose={close} />}
      {opened === "rotate" && (
        <RotateSecret webhook={webhook} label={label} support={support} onClose={close} />
      )}
      {opened === "delete" && <DeleteWebhook webhook={webhook} label={label} onClose={close} />}
    </>
  );
}

function usePing(webhook: Webhook) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const show = (deliveryId: string) =>
    void navigate({
      to: "/triggers/$provider/$webhookId",
      params: { provider: webhook.provider, webhookId: webhook.id },
      search: { delivery: deliveryId },
    });
  return useMutation({
    mutationFn: () => pingWebhook(placeOf(webhook)),
    onSuccess: ({ detail, delivery_id: deliveryId }) => {
      void queries.invalidateQueries({ queryKey: keys.webhooks });
      tell(detail, deliveryId ? { label: "Show it", onClick: () => show(deliveryId) } : undefined);
    },
  });
}

function useKeep(webhook: Webhook) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (isKept: boolean) => changeWebhook(placeOf(webhook), { is_kept: isKept }),
    onSuccess: ({ is_kept: isKept }) => {
      void queries.invalidateQueries({ queryKey: keys.webhooks });
      tell(isKept ? "It stays until you delete it" : "It goes with the last graph that listens");
    },
  });
}

function placeOf(webhook: Webhook) {
  return { provider: webhook.provider, webhookId: webhook.id };
}
