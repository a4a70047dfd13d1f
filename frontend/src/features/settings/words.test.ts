import { expect, test } from "vitest";

import { actionInWords, detailInWords } from "@/features/settings/audit-words";
import { SCOPE_GROUPS, scopesInWords } from "@/features/settings/scope-words";

test("a known action has words, another one is taken apart", () => {
  expect(actionInWords("auth.login_failed")).toBe("Failed to log in");
  expect(actionInWords("webhook.test_fire")).toBe("Webhook: test fire");
});

test("a change is told as before and after, a list as a list", () => {
  expect(detailInWords("user.change", { role: ["editor", "viewer"], is_active: [true, false] })).toBe(
    "role editor → viewer, is active yes → no",
  );
  expect(detailInWords("api_key.create", { name: "x", scopes: ["a", "b"], until: null })).toBe(
    "name x, scopes a b, until nothing",
  );
});

test("the first scopes are told, the others counted, unknown ones kept", () => {
  expect(scopesInWords(["runs:read"])).toBe("See runs and their values");
  expect(scopesInWords(["files:read", "graphs:read", "new:scope"])).toBe(
    "See graphs and blocks · Read files and 1 more",
  );
});

test("no scope stands in two groups", () => {
  const scopes = SCOPE_GROUPS.flatMap((group) => group.scopes.map((one) => one.scope));
  expect(new Set(scopes).size).toBe(scopes.length);
  expect(scopes).toHaveLength(14);
});
