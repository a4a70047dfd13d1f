// What a key may do, in words, in the groups in which one thinks of it.

import type { Scope } from "@/lib/api/session";

type ScopeGroup = { title: string; scopes: readonly { scope: Scope; words: string }[] };

export const SCOPE_GROUPS: readonly ScopeGroup[] = [
  {
    title: "Graphs",
    scopes: [
      { scope: "graphs:read", words: "See graphs and blocks" },
      { scope: "graphs:write", words: "Make, change and publish graphs" },
    ],
  },
  {
    title: "Runs",
    scopes: [
      { scope: "runs:read", words: "See runs and their values" },
      { scope: "runs:write", words: "Start, stop and retry runs" },
      { scope: "reviews:write", words: "Answer reviews" },
    ],
  },
  {
    title: "Triggers",
    scopes: [
      { scope: "triggers:read", words: "See webhooks and schedules" },
      { scope: "triggers:write", words: "Change webhooks and schedules" },
    ],
  },
  {
    title: "Connections",
    scopes: [
      { scope: "credentials:read", words: "See connections, never their secrets" },
      { scope: "credentials:write", words: "Make, test and remove connections" },
    ],
  },
  {
    title: "Files",
    scopes: [
      { scope: "files:read", words: "Read files" },
      { scope: "files:write", words: "Store and delete files" },
    ],
  },
  {
    title: "Money",
    scopes: [
      { scope: "costs:read", words: "See what was spent" },
      { scope: "budgets:write", words: "Set budgets" },
    ],
  },
  {
    title: "Installation",
    scopes: [{ scope: "admin", words: "People, audit log, everybody's costs" }],
  },
];

/** What is ticked at first: looking at things and running them. */
export const USUAL_SCOPES: readonly Scope[] = ["graphs:read", "runs:read", "runs:write"];

/** "See graphs and blocks · Answer reviews and 3 more". */
export function scopesInWords(scopes: readonly string[], most = 2): string {
  const words = SCOPE_GROUPS.flatMap((group) => group.scopes)
    .filter(({ scope }) => scopes.includes(scope))
    .map((one) => one.words);
  const unknown = scopes.filter((scope) =>
    SCOPE_GROUPS.every((group) => group.scopes.every((one) => one.scope !== scope)),
  );
  const all = [...words, ...unknown];
  if (all.length <= most) return all.join(" · ");
  return `${all.slice(0, most).join(" · ")} and ${all.length - most} more`;
}
