// Blocks, providers, templates: what there is to build with.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { Block } from "@/lib/autogpt-server-api/types";

export type LoadError = components["schemas"]["LoadErrorView"];

/** Every block by its id. In development `revision` grows when blocks are reloaded; else there is none. */
export type Catalogue = ReadonlyMap<string, Block> & { readonly revision?: number | null };

export const blocksQuery = query<Catalogue>(keys.blocks, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/blocks", { signal }));
  const byId = new Map(page.items.map((block) => [block.id, block]));
  return Object.assign(byId, { revision: page.revision });
});

/** In development: which files of blocks do not load as they were saved. */
export const loadErrorsQuery = query(keys.loadErrors, ({ signal }) =>
  unwrap(api.GET("/api/blocks/load-errors", { signal })),
);

export const providersQuery = query(keys.providers, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/providers", { signal }));
  return page.items;
});

export const templatesQuery = query(keys.templates, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/templates", { signal }));
  return page.items;
});
