// The draft of a graph, its versions, and what keeps it from running.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Draft = components["schemas"]["DraftView"];
export type Version = components["schemas"]["VersionRow"];
export type Comparison = components["schemas"]["Comparison"];

export function draftQuery(graphId: string) {
  return query(keys.draft(graphId), ({ signal }) =>
    unwrap(api.GET("/api/graphs/{graph_id}/draft", { params: { path: { graph_id: graphId } }, signal })),
  );
}

/** The versions of a graph, the newest first; a page of them. */
export function versionsQuery(graphId: string) {
  return query(keys.versions(graphId), async ({ signal }) => {
    const page = await unwrap(
      api.GET("/api/graphs/{graph_id}/versions", {
        params: { path: { graph_id: graphId }, query: { limit: 100 } },
        signal,
      }),
    );
    return page.items;
  });
}

/** What changed between two of them; "draft" is one too. */
export function comparisonQuery(graphId: string, from: number | "draft", to: number | "draft") {
  return query([...keys.versions(graphId), "compare", from, to], ({ signal }) =>
    unwrap(
      api.GET("/api/graphs/{graph_id}/compare", {
        params: { path: { graph_id: graphId }, query: { from, to } },
        signal,
      }),
    ),
  );
}

/** What each block took in the last runs that completed. */
export function typicalQuery(graphId: string) {
  return query([...keys.graph(graphId), "typical"], ({ signal }) =>
    unwrap(api.GET("/api/graphs/{graph_id}/typical", { params: { path: { graph_id: graphId } }, signal })),
  );
}
