// Credentials for tests.

import type { Credential } from "@/lib/api/credentials";

export function credential(part: Partial<Credential>): Credential {
  return {
    id: "c1",
    provider: "github",
    kind: "api_key",
    title: "Work",
    is_platform: false,
    state: "ok",
    problem: "",
    scopes: [],
    username: null,
    host: null,
    details: {},
    secret_names: [],
    expires_at: null,
    account: null,
    tested_at: null,
    used_at: null,
    created_at: "2026-06-01T00:00:00Z",
    ...part,
  };
}
