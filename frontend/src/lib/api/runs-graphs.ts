// The names of all graphs, to choose one by.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";

export type NamedGraph = { id: string; name: string };

export const graphNamesQuery = query<NamedGraph[]>([...keys.graphs, "names"], async ({ signal }) => {
  const rows = await allPages((cursor) =>
    unwrap(
      api.GET("/api/graphs", {
        params: { query: { sort: "name", limit: 200, ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );
  return rows.map(({ id, name }) => ({ id, name }));
});
