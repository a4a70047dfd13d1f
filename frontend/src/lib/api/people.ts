// The account of the person, their keys and sessions; everybody else and what they did, for owners.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { Scope } from "@/lib/api/session";
import type { components } from "@/lib/autogpt-server-api/schema";

type Schemas = components["schemas"];

export type Session = Schemas["SessionView"];
export type ApiKey = Schemas["ApiKeyView"];
export type Person = Schemas["PersonView"];
export type PersonChange = Schemas["PersonChange"];
export type NewPerson = Schemas["NewPerson"];
export type Role = NonNullable<NewPerson["role"]>;
export type AuditEntry = Schemas["AuditEntryView"];

const PAGE = 100;

// -- one's own account --

export const sessionsQuery = query<Session[]>(keys.sessions, ({ signal }) =>
  allPages((cursor) =>
    unwrap(api.GET("/api/auth/sessions", { params: { query: { limit: PAGE, ...at(cursor) } }, signal })),
  ),
);

export function endSession(id: string) {
  return unwrap(api.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

export function rename(name: string) {
  return unwrap(api.PATCH("/api/auth/me", { body: { name } }));
}

export function changePassword(current: string, wanted: string) {
  return unwrap(api.POST("/api/auth/password", { body: { current, new: wanted } }));
}

// -- keys --

export const apiKeysQuery = query<ApiKey[]>(keys.apiKeys, ({ signal }) =>
  allPages((cursor) =>
    unwrap(api.GET("/api/api-keys", { params: { query: { limit: PAGE, ...at(cursor) } }, signal })),
  ),
);

/** `expiresAt` null: never. The key is in the answer and nowhere else. */
export function makeApiKey(name: string, scopes: Scope[], expiresAt: string | null) {
  return unwrap(api.POST("/api/api-keys", { body: { name, scopes, expires_at: expiresAt } }));
}

export function deleteApiKey(id: string) {
  return unwrap(api.DELETE("/api/api-keys/{key_id}", { params: { path: { key_id: id } } }));
}

// -- people --

export const usersQuery = query<Person[]>(keys.users, ({ signal }) =>
  allPages((cursor) =>
    unwrap(api.GET("/api/users", { params: { query: { limit: PAGE, ...at(cursor) } }, signal })),
  ),
);

/** Without a password one is made; it is in the answer and nowhere else. */
export function makePerson(body: NewPerson) {
  return unwrap(api.POST("/api/users", { body }));
}

export function changePerson(id: string, body: PersonChange) {
  return unwrap(api.PATCH("/api/users/{user_id}", { params: { path: { user_id: id } }, body }));
}

export function resetPassword(id: string) {
  return unwrap(api.POST("/api/users/{user_id}/reset-password", { params: { path: { user_id: id } } }));
}

// -- the audit log --

/** Empty texts filter nothing; the moments are ISO 8601. */
export type AuditFilter = { userId: string; action: string; after: string; before: string };

/** A page of it, newest first; `cursor` is `next_cursor` of the page before. */
export function readAudit(filter: AuditFilter, cursor: string | undefined, signal: AbortSignal) {
  const given = {
    ...(filter.userId ? { user_id: filter.userId } : {}),
    ...(filter.action ? { action: filter.action } : {}),
    ...(filter.after ? { after: filter.after } : {}),
    ...(filter.before ? { before: filter.before } : {}),
  };
  return unwrap(
    api.GET("/api/audit", { params: { query: { limit: PAGE, ...given, ...at(cursor) } }, signal }),
  );
}

function at(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}
