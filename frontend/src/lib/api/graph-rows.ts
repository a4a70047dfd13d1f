// All graphs in short, for those who know a graph by its id only, and to choose one.

import { api, unwrap } from "@/lib/api/client";
import type { GraphRow } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";

/** By their id, newest change first. */
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

/** The same answer as a list by name. */
export const graphNamesQuery = { ...graphRowsQuery, select: byName };

function byName(rows: ReadonlyMap<string, GraphRow>): GraphRow[] {
  return [...rows.values()].sort((one, other) => one.name.localeCompare(other.name));
}
