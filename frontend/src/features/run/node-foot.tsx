// What one does from the chosen block: run again from here.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { tell } from "@/components/ui/toast";
import { type RanNode, useScene, useTotals } from "@/features/run/run-context";
import { keys } from "@/lib/api/keys";
import { runFromNode } from "@/lib/api/run";
import { isFinal } from "@/lib/states";

export function NodeFoot({ node }: { node: RanNode }) {
  const { run, store, graph } = useScene();
  const { status } = useTotals(store);
  const mayRun = useMay("runs:write");
  const navigate = useNavigate();
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: () => runFromNode(run, node.id),
    onSuccess: (runId) => {
      void client.invalidateQueries({ queryKey: keys.runs });
      tell(`A new run goes on from ${node.name}`);
      void navigate({ to: "/runs/$runId", params: { runId }, search: { node: node.id } });
    },
  });
  if (!mayRun || !graph || !isFinal(status) || run.parent_run_id !== null) return null;
  return (
    <div className="panel__foot">
      <Button icon={RotateCcw} isBusy={again.isPending} onClick={() => again.mutate()}>
        Retry from here
      </Button>
      <span className="faint text-12">Takes over what came before.</span>
    </div>
  );
}
