// What one does to a run from the list.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Blocks, CircleStop, Copy, Ellipsis, ListFilter, RotateCcw } from "lucide-react";

import { useMay } from "@/components/session";
import { IconButton } from "@/components/ui/button";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { tell, tellError } from "@/components/ui/toast";
import { keys } from "@/lib/api/keys";
import { cancelRun, retryRun } from "@/lib/api/runs";
import type { RunRow } from "@/lib/autogpt-server-api/types";
import { isFinal } from "@/lib/states";

export function RunMenu({ run, name }: { run: RunRow; name: string }) {
  const items = useItems(run, name);
  return (
    <span className="run__more">
      <Menu items={items}>
        <IconButton icon={Ellipsis} size="small" label={`More for ${name}`} />
      </Menu>
    </span>
  );
}

function useItems(run: RunRow, name: string): MenuItem[] {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayRun = useMay("runs:write");
  const renew = () => void client.invalidateQueries({ queryKey: keys.runs });
  const cancel = useMutation({ mutationFn: () => cancelRun(run.run_id), onSettled: renew });
  const retry = useMutation({
    mutationFn: () => retryRun(run.run_id),
    onSettled: renew,
    onSuccess: (runId) =>
      tell(`${name} is tried again`, {
        label: "Open run",
        onClick: () => void navigate({ to: "/runs/$runId", params: { runId } }),
      }),
  });
  return [
    ...deeds(),
    {
      label: "Runs of this graph",
      icon: ListFilter,
      onSelect: () => void navigate({ to: "/runs", search: { graph: run.graph_id } }),
    },
    {
      label: "Open graph",
      icon: Blocks,
      isDisabled: run.graph_name === null || run.graph_name === undefined,
      onSelect: () => void navigate({ to: "/graphs/$graphId", params: { graphId: run.graph_id } }),
    },
    { label: "Copy run id", icon: Copy, onSelect: () => void copy(run.run_id) },
  ];

  function deeds(): MenuItem[] {
    if (!mayRun) return [];
    if (!isFinal(run.status)) {
      return [
        { label: "Stop run", icon: CircleStop, isDanger: true, onSelect: () => cancel.mutate() },
        "separator",
      ];
    }
    if (run.status === "completed") return [];
    return [
      { label: "Retry from the failure", icon: RotateCcw, onSelect: () => retry.mutate() },
      "separator",
    ];
  }
}

async function copy(id: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(id);
    tell("Run id copied");
  } catch {
    tellError(new Error("the browser allows no copying here; the id stands in the address of the run"));
  }
}
