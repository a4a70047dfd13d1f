// Gives a trigger of the draft its address before the graph is published.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Webhook } from "lucide-react";

import { Button } from "@/components/ui/button";
import { useWorkbench } from "@/features/builder/state/context";
import type { Trigger } from "@/lib/api/graph-triggers";
import { keys } from "@/lib/api/keys";
import { giveAddress } from "@/lib/api/trigger-address";

type GetAddressProps = {
  graphId: string;
  trigger: Trigger;
  /** The secret that came with it: it is told this once. */
  onSecret: (secret: string) => void;
};

export function GetAddress({ graphId, trigger, onSecret }: GetAddressProps) {
  const { autosave } = useWorkbench();
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: async () => {
      await autosave.flush();
      return giveAddress(graphId, trigger.node_id);
    },
    onSuccess: ({ secret }) => {
      if (secret) onSecret(secret);
      return client.invalidateQueries({ queryKey: keys.triggers(graphId) });
    },
  });
  return (
    <>
      <p className="dim">
        It has no address yet. It gets one when you publish, or now, so that you can build with a real event.
      </p>
      <div>
        <Button size="small" icon={Webhook} isBusy={make.isPending} onClick={() => make.mutate()}>
          Get the address
        </Button>
      </div>
    </>
  );
}
