import { describe, expect, test } from "vitest";

import {
  accountName,
  type CredentialNeed,
  fitting,
  lackingScopes,
  standing,
} from "@/components/integrations/credential-choice";
import { credential } from "@/test/credential";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
const GITHUB: CredentialNeed = { providers: ["github"], kinds: [], scopes: [] };

describe("fitting", () => {
  test("takes only the block's providers and kinds", () => {
    const all = [
      credential({ id: "key" }),
      credential({ id: "login", kind: "oauth2" }),
      credential({ id: "other", provider: "slack" }),
    ];
    expect(fitting(all, GITHUB).map((one) => one.id)).toEqual(["key", "login"]);
    expect(fitting(all, { ...GITHUB, kinds: ["oauth2"] }).map((one) => one.id)).toEqual(["login"]);
    expect(fitting(all, { ...GITHUB, providers: ["github", "slack"] })).toHaveLength(3);
    expect(fitting(all, { ...GITHUB, providers: [] })).toHaveLength(3);
  });

  test("puts what works first, then what may do enough, then one's own, then the newest", () => {
    const all = [
      credential({ id: "broken", state: "reconnect", created_at: "2026-11-20T00:00:00Z" }),
      credential({ id: "refused", problem: "GitHub says: Bad credentials" }),
      credential({ id: "platform", is_platform: true, created_at: null }),
      credential({ id: "weak", kind: "oauth2", scopes: ["read:user"] }),
      credential({ id: "old", created_at: "2026-01-01T00:00:00Z" }),
      credential({ id: "new", created_at: "2026-11-01T00:00:00Z" }),
    ];
    const order = fitting(all, { ...GITHUB, scopes: ["repo"] }).map((one) => one.id);
    expect(order).toEqual(["new", "old", "platform", "weak", "broken", "refused"]);
  });
});

test("a login lacks what it was not asked for; a key does not tell", () => {
  const login = credential({ kind: "oauth2", scopes: ["repo"] });
  expect(lackingScopes(login, ["repo", "gist"])).toEqual(["gist"]);
  expect(lackingScopes(credential({ kind: "api_key" }), ["gist"])).toEqual([]);
});

test.each([
  [{ state: "reconnect" as const }, "Reconnect"],
  [{ state: "expired" as const }, "Ran out"],
  [{ problem: "401" }, "Does not work"],
  [{ expires_at: "2026-11-25T12:00:00Z", tested_at: "2026-11-22T00:00:00Z" }, "Runs out in 3 d"],
  [{ expires_at: "2027-11-25T12:00:00Z", tested_at: "2026-11-22T00:00:00Z" }, "Works"],
  [{ is_platform: true }, "Provided"],
  [{}, "Not tested yet"],
])("%j stands as %s", (part, word) => {
  expect(standing(credential(part), NOW_MS).word).toBe(word);
});

test("what nobody can test is only stored", () => {
  expect(standing(credential({}), NOW_MS, false).word).toBe("Stored");
});

test("an account is called by what is known of it, and nothing twice", () => {
  const account = { name: "Ada", email: "ada@example.com", avatar_url: "", organization: "Example Ltd" };
  expect(accountName(credential({ account }))).toBe("ada@example.com · Example Ltd");
  expect(accountName(credential({ account: { ...account, email: "", name: "Example Ltd" } }))).toBe(
    "Example Ltd",
  );
  expect(accountName(credential({ host: "api.example.com" }))).toBe("api.example.com");
  expect(accountName(credential({}))).toBe("");
});
