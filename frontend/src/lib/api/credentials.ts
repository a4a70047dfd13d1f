// Connections and what they are used for; the secrets stay at the server.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Credential = components["schemas"]["CredentialView"];
export type Connection = components["schemas"]["ConnectionView"];

export const credentialsQuery = query(keys.credentials, async ({ signal }) => {
  const list = await unwrap(api.GET("/api/credentials", { signal }));
  return list.items;
});

export const credentialHealthQuery = query([...keys.credentials, "health"], ({ signal }) =>
  unwrap(api.GET("/api/credentials/health", { signal })),
);

/** A card for each provider that one can connect to. */
export const connectionsQuery = query(keys.connections, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/connections", { signal }));
  return page.items;
});
