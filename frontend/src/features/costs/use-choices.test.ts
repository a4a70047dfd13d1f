import { describe, expect, it } from "vitest";

import { choicesOf } from "@/features/costs/use-choices";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");

describe("choicesOf", () => {
  it("reads an owner's address", () => {
    const search = { tab: "budgets", by: "user", user: "all", graph: "g", from: "7d" };
    expect(choicesOf(search, true, NOW_MS)).toEqual({
      tab: "budgets",
      by: "user",
      selection: { period: { first: "2026-11-16", last: "2026-11-22" }, graph: "g", whose: "all" },
    });
  });

  it("shows others their own costs only, whatever the address says", () => {
    const { by, selection } = choicesOf({ by: "user", user: "all" }, false, NOW_MS);
    expect(by).toBe("day");
    expect(selection.whose).toBe("own");
  });

  it("falls back to days where it knows no such group", () => {
    expect(choicesOf({ by: "mood" }, true, NOW_MS).by).toBe("day");
  });
});
