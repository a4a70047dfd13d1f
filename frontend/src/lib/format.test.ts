import { describe, expect, it } from "vitest";

import { ago, counted, duration, money, size } from "@/lib/format";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [0.08, "< 1 ms"],
    [3, "3 ms"],
    [4_120, "4.1 s"],
    [42_000, "42 s"],
    [59_700, "1 min"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
    [93_600_000, "1 d 2 h"],
  ])("says %d ms as %s", (ms, said) => expect(duration(ms)).toBe(said));
});

describe("money", () => {
  it.each([
    [0, "$0"],
    [8_500, "$0.0085"],
    [20, "< $0.0001"],
    [32_000, "$0.032"],
    [12_400_000, "$12.40"],
    [-8_500, "-$0.0085"],
  ])("says %d micro-dollars as %s", (micros, said) => expect(money(micros)).toBe(said));
});

describe("ago", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  it.each([
    ["2026-11-22T11:59:40Z", "just now"],
    ["2026-11-22T11:58:00Z", "2 min ago"],
    ["2026-11-22T15:00:00Z", "in 3 h"],
    ["2026-11-19T12:00:00Z", "3 d ago"],
  ])("says %s as %s", (at, said) => expect(ago(at, now)).toBe(said));
});

describe("size and counts", () => {
  it("names units", () => {
    expect(size(812)).toBe("812 B");
    expect(size(3_240_000)).toBe("3.2 MB");
    expect(counted(1, "block")).toBe("1 block");
    expect(counted(3, "entry", "entries")).toBe("3 entries");
  });
});
