// All that starts a graph: of its published version and of its draft.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Trigger = components["schemas"]["TriggerView"];

export function graphTriggersQuery(graphId: string) {
  return query(keys.triggers(graphId), ({ signal }) =>
    unwrap(api.GET("/api/graphs/{graph_id}/triggers", { params: { path: { graph_id: graphId } }, signal })),
  );
}
