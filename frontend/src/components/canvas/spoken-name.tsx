// What a block is called by who reads the screen aloud: "Triage, AI answer, Completed, 4.1 s".

import { useCanvas } from "@/components/canvas/canvas-context";
import { nameId } from "@/components/canvas/flow-nodes";
import type { NodeData } from "@/components/canvas/flow-types";
import { footOf } from "@/components/canvas/node-words";
import { useNodeRun } from "@/components/canvas/run-states";
import { counted } from "@/lib/format";

export function SpokenName({ id, data }: { id: string; data: NodeData }) {
  const { id: canvasId } = useCanvas();
  const { view, problems, typical } = data;
  const { word, time } = footOf(view, useNodeRun(id), typical);
  const parts = [view.title, view.sub, word, time, problems > 0 && counted(problems, "problem")];
  return (
    <span id={nameId(canvasId, id)} hidden>
      {parts.filter(Boolean).join(", ")}
    </span>
  );
}
