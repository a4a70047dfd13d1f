// What a block gave in a run, as an example of what it gives.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";

export type EarlierValue = { pin: string; value: unknown };

/** The first value of each output of the first firing that completed; empty: none did. */
export function earlierQuery(runId: string, nodeId: string) {
  return query<EarlierValue[]>([...keys.firings(runId, nodeId), "earlier"], async ({ signal }) => {
    const path = { run_id: runId, node_id: nodeId };
    const page = await unwrap(
      api.GET("/api/runs/{run_id}/nodes/{node_id}/firings", {
        params: { path, query: { limit: 1, status: ["completed"] } },
        signal,
      }),
    );
    const [first] = page.items;
    if (!first) return [];
    const details = await unwrap(
      api.GET("/api/runs/{run_id}/nodes/{node_id}/firings/{firing}", {
        params: { path: { ...path, firing: first.firing } },
        signal,
      }),
    );
    return Object.entries(details.outputs).flatMap(([pin, { values }]) =>
      values[0] ? [{ pin, value: values[0].value }] : [],
    );
  });
}
