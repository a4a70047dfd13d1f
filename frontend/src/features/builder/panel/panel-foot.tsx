// What is done with the block, and whether the server has what was written.

import { Pin, PinOff, Play } from "lucide-react";
import { useNodeRun } from "@/components/canvas/run-states";
import { Button } from "@/components/ui/button";
import { useBuilderRun } from "@/features/builder/run/context";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node } from "@/lib/autogpt-server-api/types";
import { setPinned } from "@/lib/graph/edit";

const SAVING_WORDS = {
  saved: "Saved",
  dirty: "Saving",
  saving: "Saving",
  failed: "Kept in this browser",
  conflict: "Not saved",
} as const;

export function PanelFoot({ node }: { node: Node }) {
  const { editor } = useWorkbench();
  const { runOnly, pinOutput, mayRun } = useBuilderRun();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const saving = useEditor((state) => state.saving.state);
  const nodeRun = useNodeRun(node.id);
  const hasOutput = (nodeRun?.completed ?? 0) > 0;
  const unpin = () => editor.getState().change("Unpin output", (graph) => setPinned(graph, node.id, null));
  if (isReadOnly && !mayRun) return null;
  return (
    <div className="panel__foot">
      {mayRun && (
        <Button size="small" icon={Play} onClick={() => runOnly(node.id)}>
          Run this block
        </Button>
      )}
      {!isReadOnly &&
        (node.pinned ? (
          <Button size="small" variant="quiet" icon={PinOff} onClick={unpin}>
            Unpin output
          </Button>
        ) : (
          <Button
            size="small"
            variant="quiet"
            icon={Pin}
            disabled={!hasOutput}
            title={hasOutput ? undefined : "Run the block first, or write its data under Output"}
            onClick={() => pinOutput(node.id)}
          >
            Pin output
          </Button>
        ))}
      {!isReadOnly && <span className="push faint truncate text-12">{SAVING_WORDS[saving]}</span>}
    </div>
  );
}
