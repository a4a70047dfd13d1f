import { describe, expect, it } from "vitest";

import { asPreset, type Preset, toCron } from "@/lib/cron";

const PAIRS: readonly [string, Preset][] = [
  ["* * * * *", { kind: "minutes", every: 1 }],
  ["*/15 * * * *", { kind: "minutes", every: 15 }],
  ["0 * * * *", { kind: "hours", every: 1, minute: 0 }],
  ["20 */6 * * *", { kind: "hours", every: 6, minute: 20 }],
  ["30 9 * * *", { kind: "daily", time: "09:30" }],
  ["0 0 * * *", { kind: "daily", time: "00:00" }],
  ["5 18 * * MON-FRI", { kind: "weekdays", time: "18:05" }],
  ["0 8 * * MON", { kind: "weekly", days: ["MON"], time: "08:00" }],
  ["0 8 * * TUE,THU,SUN", { kind: "weekly", days: ["TUE", "THU", "SUN"], time: "08:00" }],
  ["0 7 1 * *", { kind: "monthly", day: 1, time: "07:00" }],
  ["0 7 L * *", { kind: "monthly", day: "L", time: "07:00" }],
];

describe("presets and their text", () => {
  it.each(PAIRS)("%s", (cron, preset) => {
    expect(asPreset(cron)).toEqual(preset);
    expect(toCron(preset)).toBe(cron);
  });
});

describe("other ways to write a preset", () => {
  it.each([
    ["  30  9 * *   * ", { kind: "daily", time: "09:30" }],
    ["@hourly", { kind: "hours", every: 1, minute: 0 }],
    ["@daily", { kind: "daily", time: "00:00" }],
    ["@weekly", { kind: "weekly", days: ["SUN"], time: "00:00" }],
    ["@Monthly", { kind: "monthly", day: 1, time: "00:00" }],
    ["0 9 * * 1-5", { kind: "weekdays", time: "09:00" }],
    ["0 9 * * mon,tue,wed,thu,fri", { kind: "weekdays", time: "09:00" }],
    ["0 9 * * 0", { kind: "weekly", days: ["SUN"], time: "09:00" }],
    ["0 9 * * 5-7", { kind: "weekly", days: ["FRI", "SAT", "SUN"], time: "09:00" }],
  ])("%s", (cron, preset) => {
    expect(asPreset(cron)).toEqual(preset);
  });
});

describe("what only the text can say", () => {
  it.each([
    "",
    "0 9 * *",
    "0 9 * * * *",
    "60 9 * * *",
    "0 24 * * *",
    "*/7 * * * *",
    "0,30 9 * * *",
    "0 9-17 * * *",
    "0 9 1,15 * *",
    "0 9 0 * *",
    "0 9 32 * *",
    "0 9 1 * MON",
    "0 9 * JAN *",
    "0 9 * * 1#2",
    "0 9 * * FRI-MON",
    "0 9 * * 8",
    "*/5 9 * * *",
    "@yearly",
  ])("%s", (cron) => {
    expect(asPreset(cron)).toBeNull();
  });
});
