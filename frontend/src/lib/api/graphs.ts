// The graphs of the library: listing, making, changing, deleting them. What is in one, the builder reads by itself.

import { api, unwrap } from "@/lib/api/client";
import { send } from "@/lib/api/graphs-send";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { Graph } from "@/lib/autogpt-server-api/types";

type Schemas = components["schemas"];

export type GraphRow = Schemas["GraphRow"];
export type GraphPage = Schemas["Page_GraphRow_"];
export type GraphChange = Partial<Schemas["GraphChange"]>;
export type GraphTriggers = Schemas["GraphTriggers"];
export type Folder = Schemas["Folder"];

/** What the list of graphs takes; a folder that is empty: those in none. */
export type GraphsWanted = { q?: string; folder?: string; tag?: string; sort: "updated" | "name" };

/** What of a graph can be drawn. */
export type Picture = Pick<Graph, "nodes" | "links">;

const PAGE = 24;
const MOST_FOR_TAGS = 200;

export function readGraphs(
  wanted: GraphsWanted,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<GraphPage> {
  const asked = { ...wanted, limit: PAGE, ...(cursor ? { cursor } : {}) };
  return unwrap(api.GET("/api/graphs", { params: { query: asked }, signal }));
}

export function graphsKey(wanted: GraphsWanted): readonly unknown[] {
  return [...keys.graphs, "list", wanted];
}

export const foldersQuery = query<Folder[]>(keys.folders, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/folders", { signal }));
  return page.items;
});

/** The tags of the graphs that were changed last, by name: what is still in use. */
export const tagsQuery = query<string[]>([...keys.graphs, "tags"], async ({ signal }) => {
  const page = await unwrap(api.GET("/api/graphs", { params: { query: { limit: MOST_FOR_TAGS } }, signal }));
  return [...new Set(page.items.flatMap((graph) => graph.tags))].sort((a, b) => a.localeCompare(b));
});

/** A graph as the builder would open it. Kept under the moment of its last change, so it never grows old. */
export function graphPictureQuery(row: Pick<GraphRow, "id" | "updated_at" | "draft">) {
  const params = { path: { graph_id: row.id } };
  return {
    ...query<Picture>(["pictures", row.id, row.updated_at, row.draft.revision], async ({ signal }) => {
      if (!row.draft.is_changed) return unwrap(api.GET("/api/graphs/{graph_id}", { params, signal }));
      const draft = await unwrap(api.GET("/api/graphs/{graph_id}/draft", { params, signal }));
      return draft.graph;
    }),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

export const graphTriggersQuery = (id: string) =>
  query<GraphTriggers>(keys.triggers(id), ({ signal }) =>
    unwrap(api.GET("/api/graphs/{graph_id}/triggers", { params: { path: { graph_id: id } }, signal })),
  );

const EMPTY: Omit<Graph, "name"> = {
  id: "",
  version: 1,
  description: "",
  nodes: [],
  links: [],
  sub_graphs: [],
  limits: {},
};

/** An empty graph. Its id. */
export async function createGraph(name: string, folder: string): Promise<string> {
  const { id } = await unwrap(api.POST("/api/graphs", { body: { ...EMPTY, name } }));
  if (folder) await changeGraph(id, { folder });
  return id;
}

export function changeGraph(id: string, change: GraphChange): Promise<GraphRow> {
  return send<GraphRow>(`/api/graphs/${encodeURIComponent(id)}`, {
    method: "PATCH",
    text: JSON.stringify(change),
  });
}

/** A graph of its own with the same draft. Its id. */
export async function copyGraph(id: string): Promise<string> {
  const copy = await unwrap(
    api.POST("/api/graphs/{graph_id}/copy", { params: { path: { graph_id: id } }, body: {} }),
  );
  return copy.id;
}

/** With its drafts, versions, triggers and schedules; its runs can still be read.
 *
 * @throws ApiError 409 while it runs.
 */
export function deleteGraph(id: string): Promise<void> {
  return unwrap(api.DELETE("/api/graphs/{graph_id}", { params: { path: { graph_id: id } } }));
}
