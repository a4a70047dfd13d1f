// What all triggers need to know of graphs and runs, and where in a form a refusal belongs.

import { ApiError, api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type GraphRow = components["schemas"]["GraphRow"];

/** All graphs by their id, newest change first: triggers know their graphs by id only. */
export const graphRowsQuery = query<ReadonlyMap<string, GraphRow>>(
  [...keys.graphs, "rows"],
  async ({ signal }) => {
    const rows = await allPages((cursor) =>
      unwrap(
        api.GET("/api/graphs", { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }),
      ),
    );
    return new Map(rows.map((row) => [row.id, row]));
  },
);

/** A graph as triggers start it: the published version, else the newest. */
export function startedGraphQuery(graphId: string, version: number | null) {
  return query([...keys.graph(graphId), "started", version], ({ signal }) =>
    unwrap(
      api.GET("/api/graphs/{graph_id}", {
        params: { path: { graph_id: graphId }, query: version === null ? {} : { version } },
        signal,
      }),
    ),
  );
}

/** How a run stands, without what it did. */
export function runStandsQuery(runId: string) {
  return query([...keys.run(runId), "stands"], async ({ signal }) => {
    const run = await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: runId } }, signal }));
    return run.status;
  });
}

export type Refusal = {
  /** By the path of the field: what is wrong and its cure. */
  fields: Readonly<Record<string, string>>;
  /** What belongs to none of the fields. */
  rest: readonly string[];
};

/** A refusal sorted by the fields of a form; `knows` says which paths the form shows. */
export function refusalOf(error: unknown, knows: (path: string) => boolean): Refusal {
  if (!error) return { fields: {}, rest: [] };
  if (!(error instanceof ApiError)) return { fields: {}, rest: [String(error)] };
  const problems = error.problem?.errors ?? [];
  if (problems.length === 0) return { fields: {}, rest: [error.message] };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { message, cure, path } of problems) {
    const words = [message, cure].filter(Boolean).join(" ");
    if (path && knows(path)) fields[path] = fields[path] ? `${fields[path]} ${words}` : words;
    else rest.push(words);
  }
  return { fields, rest };
}
