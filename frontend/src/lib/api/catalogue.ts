// Blocks, providers, templates: what there is to build with.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { Block } from "@/lib/autogpt-server-api/types";

/** Every block by its id. */
export type Catalogue = ReadonlyMap<string, Block>;

export const blocksQuery = query<Catalogue>(keys.blocks, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/blocks", { signal }));
  return new Map(page.items.map((block) => [block.id, block]));
});

export const providersQuery = query(keys.providers, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/providers", { signal }));
  return page.items;
});

export const templatesQuery = query(keys.templates, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/templates", { signal }));
  return page.items;
});
