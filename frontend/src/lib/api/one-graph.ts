// One graph with its state: published version, draft, last run.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";

/** The newest version, or the one named. */
export function readGraph(graphId: string, version?: number, signal?: AbortSignal) {
  return unwrap(
    api.GET("/api/graphs/{graph_id}", {
      params: { path: { graph_id: graphId }, query: version === undefined ? {} : { version } },
      ...(signal ? { signal } : {}),
    }),
  );
}

export function graphQuery(graphId: string, version?: number) {
  return query([...keys.graph(graphId), "version", version ?? "newest"], ({ signal }) =>
    readGraph(graphId, version, signal),
  );
}
