// Templates: graphs to begin with.

import { api, unwrap } from "@/lib/api/client";
import type { Picture } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type TemplateRow = components["schemas"]["TemplateRow"];

export const templatePictureQuery = (name: string) => ({
  ...query<Picture>([...keys.templates, name], async ({ signal }) => {
    const template = await unwrap(api.GET("/api/templates/{name}", { params: { path: { name } }, signal }));
    return template.graph;
  }),
  staleTime: Number.POSITIVE_INFINITY, // shipped with the server
});

/** Makes a graph of a template. Its id. */
export async function graphOfTemplate(name: string, folder = ""): Promise<string> {
  const { id } = await unwrap(
    api.POST("/api/templates/{name}", { params: { path: { name } }, body: { folder } }),
  );
  return id;
}
