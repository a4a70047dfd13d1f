import { describe, expect, it } from "vitest";

import { standingOf } from "@/lib/api/budgets";
import { type CostRow, everyDay, shareOf, sumsOf } from "@/lib/api/costs";
import { datesOf, momentsOf, periodOf, spanOf } from "@/lib/api/costs-period";

const NOW_MS = Date.parse("2026-11-22T23:30:00Z");

const cost = (usdMicros: number) => ({ usd_micros: usdMicros, credits: usdMicros / 10_000 });
const row = (key: string, usdMicros: number, charges = 1): CostRow => ({
  key,
  label: key,
  charges,
  cost: cost(usdMicros),
});

describe("periodOf", () => {
  it("is the last 30 days when nothing is said, today among them", () => {
    expect(periodOf({}, NOW_MS)).toEqual({ first: "2026-10-24", last: "2026-11-22" });
    expect(spanOf({})).toBe("30d");
  });

  it("knows spans by name", () => {
    expect(periodOf({ from: "7d" }, NOW_MS)).toEqual({ first: "2026-11-16", last: "2026-11-22" });
    expect(periodOf({ from: "month" }, NOW_MS)).toEqual({ first: "2026-11-01", last: "2026-11-22" });
  });

  it("takes dates, and mends those that make no sense", () => {
    expect(periodOf({ from: "2026-01-30", to: "2026-02-02" }, NOW_MS)).toEqual({
      first: "2026-01-30",
      last: "2026-02-02",
    });
    expect(periodOf({ from: "2026-11-20", to: "2099-01-01" }, NOW_MS).last).toBe("2026-11-22");
    expect(periodOf({ from: "2026-12-24", to: "2026-11-10" }, NOW_MS).first).toBe("2026-10-12");
    expect(datesOf(periodOf({ from: "1999-01-01", to: "2026-11-10" }, NOW_MS))).toHaveLength(366);
    expect(spanOf({ from: "7d", to: "2026-11-10" })).toBeNull();
  });

  it("is bounded by moments of UTC, the last day within", () => {
    expect(momentsOf({ first: "2026-02-27", last: "2026-02-28" })).toEqual({
      from: "2026-02-27T00:00:00Z",
      to: "2026-03-01T00:00:00Z",
    });
  });
});

describe("sums", () => {
  const days = everyDay([row("2026-11-22", 300, 2), row("2026-11-20", 600)], {
    first: "2026-11-20",
    last: "2026-11-22",
  });

  it("count days without costs too", () => {
    expect(days).toEqual([
      { date: "2026-11-20", usdMicros: 600, charges: 1 },
      { date: "2026-11-21", usdMicros: 0, charges: 0 },
      { date: "2026-11-22", usdMicros: 300, charges: 2 },
    ]);
    expect(sumsOf(days)).toEqual({ usdMicros: 900, charges: 3, meanUsdMicros: 300, dearest: days[0] });
  });

  it("of nothing are nothing", () => {
    expect(sumsOf([])).toEqual({ usdMicros: 0, charges: 0, meanUsdMicros: 0, dearest: null });
    expect(shareOf(5, 0)).toBe(0);
    expect(shareOf(1, 4)).toBe(0.25);
  });
});

describe("standingOf", () => {
  const standing = (limit: number, spent: number, reserved = 0) =>
    standingOf({ limit: cost(limit), spent: cost(spent), reserved: cost(reserved) });

  it("counts what is reserved as taken", () => {
    expect(standing(1_000, 250, 250)).toEqual({
      spentShare: 0.25,
      reservedShare: 0.25,
      leftUsdMicros: 500,
      level: "fine",
    });
    expect(standing(1_000, 700, 100).level).toBe("near");
    expect(standing(1_000, 700, 300).level).toBe("used");
  });

  it("is full, not more, when too much was spent, or nothing may be", () => {
    expect(standing(1_000, 1_500, 200)).toEqual({
      spentShare: 1,
      reservedShare: 0,
      leftUsdMicros: 0,
      level: "used",
    });
    expect(standing(0, 0).level).toBe("used");
  });
});
