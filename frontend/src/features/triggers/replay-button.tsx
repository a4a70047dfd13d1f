// Takes a delivery in once more, as if it came now.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { tell } from "@/components/ui/toast";
import { keys } from "@/lib/api/keys";
import { type OneWebhook, replayDelivery } from "@/lib/api/webhooks";
import { counted } from "@/lib/format";

type Props = { webhook: OneWebhook; deliveryId: string };

export function ReplayButton({ webhook, deliveryId }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayReplay = useMay("triggers:write");
  const replay = useMutation({
    mutationFn: () => replayDelivery({ provider: webhook.provider, webhookId: webhook.id }, deliveryId),
    onSuccess: ({ run_ids: runIds }) => {
      void queries.invalidateQueries({ queryKey: [...keys.deliveries(webhook.id), "newest"] });
      const [runId] = runIds;
      if (runId === undefined) tell("Replayed. Nobody listens to this event now, so no run was started");
      else
        tell(`Replayed. ${counted(runIds.length, "run")} started`, {
          label: "Open the run",
          onClick: () => void navigate({ to: "/runs/$runId", params: { runId } }),
        });
    },
  });
  if (!mayReplay) return null;
  return (
    <Button size="small" icon={RotateCcw} isBusy={replay.isPending} onClick={() => replay.mutate()}>
      Replay
    </Button>
  );
}
