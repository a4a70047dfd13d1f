import { describe, expect, it } from "vitest";

import { timezones, wallTime } from "@/lib/cron-times";

const YEAR = new Date().getUTCFullYear();

describe("wallTime", () => {
  it("is what the clock in the zone shows", () => {
    expect(wallTime(`${YEAR}-01-15T23:30:00Z`, "UTC")).toMatch(/^\w{3} 15 Jan, 23:30$/);
    expect(wallTime(`${YEAR}-01-15T23:30:00Z`, "Asia/Tokyo")).toMatch(/^\w{3} 16 Jan, 08:30$/);
  });

  it("says midnight as 00:00", () => {
    expect(wallTime(`${YEAR}-03-02T00:00:00Z`, "UTC")).toContain("00:00");
  });

  it("names another year", () => {
    expect(wallTime("2031-05-01T12:00:00Z", "UTC")).toBe("Thu 1 May 2031, 12:00");
  });
});

it("offers UTC first and once", () => {
  const zones = timezones();
  expect(zones[0]).toBe("UTC");
  expect(zones.filter((zone) => zone === "UTC")).toHaveLength(1);
  expect(zones).toContain("Europe/Berlin");
});
