// Shows a run that there was on the canvas of its graph: `?run=…` in the address.

import { tellError } from "@/components/ui/toast";
import type { Builder } from "@/features/builder/state/builder";
import { api, unwrap } from "@/lib/api/client";
import { readGraph } from "@/lib/api/one-graph";
import { isRecord } from "@/lib/values";

type Parts = Pick<Builder, "editor" | "runner">;

export async function showRun({ editor, runner }: Parts, runId: string): Promise<void> {
  if (runner.state.getState().runId === runId) return;
  try {
    const run = await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: runId } } }));
    if (run.graph_id !== editor.getState().graphId) return;
    const version = await readGraph(run.graph_id, run.graph_version);
    const trigger =
      isRecord(run.options) && typeof run.options.trigger_node === "string" ? run.options.trigger_node : null;
    runner.show(runId, version, { inputs: run.inputs, triggerNode: trigger });
  } catch (error) {
    tellError(error);
  }
}
