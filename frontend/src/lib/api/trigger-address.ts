// The address of a trigger that is not published yet.

import { api, unwrap } from "@/lib/api/client";
import type { components } from "@/lib/autogpt-server-api/schema";

/** Gives a node of the draft a webhook; its secret is in this answer and nowhere else. */
export function giveAddress(graphId: string, nodeId: string): Promise<components["schemas"]["TriggerView"]> {
  return unwrap(
    api.PUT("/api/graphs/{graph_id}/triggers/{node_id}", {
      params: { path: { graph_id: graphId, node_id: nodeId } },
    }),
  );
}
