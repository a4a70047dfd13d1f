// How far each block of a run is, for the small row of blocks in a list.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunStatus } from "@/lib/autogpt-server-api/types";
import { isFinal } from "@/lib/states";

type Progress = components["schemas"]["NodeProgress"];
/** `skipped`: no value came, and none will. */
export type Step = {
  name: string;
  state: "queued" | "running" | "waiting" | "ok" | "failed" | "stopped" | "skipped";
};

/** Notes are no part of what happens. */
const NOTE_BLOCK_ID = "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc";

/** Kept by the run's status, so that what an ended run came to is asked for once. */
export function courseQuery(runId: string, status: RunStatus) {
  return query<Step[]>([...keys.run(runId), "course", status], async ({ signal }) => {
    const nodes = await unwrap(
      api.GET("/api/runs/{run_id}/nodes", { params: { path: { run_id: runId } }, signal }),
    );
    return stepsOf(nodes.items, isFinal(status));
  });
}

export function stepsOf(nodes: readonly Progress[], hasEnded: boolean): Step[] {
  return nodes
    .filter((node) => node.block_id !== NOTE_BLOCK_ID)
    .map((node) => ({ name: node.name, state: stateOf(node.status, hasEnded) }));
}

function stateOf(status: Progress["status"], hasEnded: boolean): Step["state"] {
  if (status === "completed") return "ok";
  if (status === "idle") return hasEnded ? "skipped" : "queued";
  return status;
}
