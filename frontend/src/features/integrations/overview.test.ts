import { expect, test } from "vitest";

import { overview, tally } from "@/features/integrations/overview";
import type { CredentialHealth } from "@/lib/api/integrations";
import { credential } from "@/test/credential";
import { provider } from "@/test/provider";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
const github = provider({});
const slack = provider({ provider: "slack", label: "Slack", tier: "paid", description: "Send messages" });
const airtable = provider({ provider: "airtable", label: "Airtable", tier: "premium" });
const any = provider({ provider: "generic-webhook", label: "Any sender", kinds: [], fields: [] });
const all = [airtable, any, github, slack];

const good = credential({ id: "good" });
const bad = credential({ id: "bad", problem: "401" });
const health: CredentialHealth[] = [{ credential: bad, reason: "failed_test", message: "It failed." }];

test("what wants the person stands first, and not among what works", () => {
  const parts = overview(all, [good, bad], health, "");
  expect(parts.concerns.map((one) => one.health.credential.id)).toEqual(["bad"]);
  expect(parts.connected.map((one) => one.credentials.map((c) => c.id))).toEqual([["good"]]);
  expect(parts.more.map((one) => one.provider)).toEqual(["slack", "airtable"]);
  expect(parts.open.map((one) => one.provider)).toEqual(["generic-webhook"]);
});

test("a provider of which nothing works is not connected, nor offered as new", () => {
  const parts = overview(all, [bad], health, "");
  expect(parts.connected).toEqual([]);
  expect(parts.more.map((one) => one.provider)).not.toContain("github");
});

test("a search looks into names and descriptions, all words of it", () => {
  expect(overview(all, [good, bad], health, "send SLACK").more.map((one) => one.provider)).toEqual(["slack"]);
  expect(overview(all, [good, bad], health, "slack").concerns).toEqual([]);
  expect(overview(all, [], [], "slack mail").more).toEqual([]);
});

test("the figures count each connection once, and none of which nobody can know", () => {
  const credentials = [
    bad,
    credential({ tested_at: "2026-11-22T00:00:00Z" }),
    credential({ tested_at: "2026-11-22T00:00:00Z", expires_at: "2026-11-25T00:00:00Z" }),
    good,
    credential({ provider: "generic-webhook" }),
  ];
  const noTest = { ...any, has_test: false };
  expect(tally([github, noTest], credentials, NOW_MS)).toEqual({
    works: 1,
    endsSoon: 1,
    broken: 1,
    untested: 1,
  });
});
