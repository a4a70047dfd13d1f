// Who is there, and how they come and go.

import { ApiError, api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Me = components["schemas"]["Me"];
export type Scope = components["schemas"]["Scope"];

/** Who is logged in; null: nobody. */
export const meQuery = query<Me | null>(keys.me, async ({ signal }) => {
  try {
    return await unwrap(api.GET("/api/auth/me", { signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
});

/** Whether the installation waits for its owner. */
export const setupQuery = query(keys.setup, ({ signal }) => unwrap(api.GET("/api/setup", { signal })));

export const wizardQuery = query(keys.wizard, ({ signal }) => unwrap(api.GET("/api/wizard", { signal })));

/** Whether a person may do what needs this scope. */
export function may(me: Me, scope: Scope): boolean {
  return me.scopes.includes(scope);
}
