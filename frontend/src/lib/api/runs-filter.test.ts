import { describe, expect, it } from "vitest";

import {
  dateOf,
  isByCost,
  microsOf,
  NO_FILTERS,
  runsQueryOf,
  statusesOf,
  statusText,
} from "@/lib/api/runs-filter";

const NOW_MS = new Date(2026, 10, 22, 15, 30).getTime();

describe("runsQueryOf", () => {
  it("puts every filter of the address into the server's words", () => {
    const query = runsQueryOf(
      {
        graph: "g1",
        status: "failed,running",
        from: "2026-11-01",
        to: "2026-11-03",
        min_cost: "0.5",
        max_cost: "2,25",
        q: " ada ",
        label: "nightly",
        parent: "r1",
        retry_of: "r2",
      },
      NOW_MS,
    );
    expect(query).toEqual({
      graph_id: "g1",
      status: ["running", "failed"],
      created_after: new Date(2026, 10, 1).toISOString(),
      created_before: new Date(2026, 10, 4).toISOString(), // the last day belongs to it
      min_cost_usd_micros: 500_000,
      max_cost_usd_micros: 2_250_000,
      q: "ada",
      label: "nightly",
      parent_run_id: "r1",
      from_run_id: "r2",
    });
  });

  it("asks for everything when nothing is said", () => {
    expect(runsQueryOf({}, NOW_MS)).toEqual({});
    expect(runsQueryOf(NO_FILTERS, NOW_MS)).toEqual({});
  });

  it("leaves out what makes no sense", () => {
    const search = {
      status: "asleep",
      from: "2026-02-31",
      to: "soon",
      min_cost: "-1",
      max_cost: "much",
      q: "  ",
    };
    expect(runsQueryOf(search, NOW_MS)).toEqual({});
  });

  it("takes today as a day here, and a moment as it is", () => {
    expect(runsQueryOf({ from: "today", to: "2026-11-22T10:00:00Z" }, NOW_MS)).toEqual({
      created_after: new Date(2026, 10, 22).toISOString(),
      created_before: "2026-11-22T10:00:00.000Z",
    });
  });
});

describe("statuses", () => {
  it("come in one order, so that an address means one search", () => {
    expect(statusesOf("failed,queued")).toEqual(["queued", "failed"]);
    expect(statusText(["failed", "queued"])).toBe("queued,failed");
    expect(statusText([])).toBeUndefined();
  });
});

describe("amounts and days", () => {
  it("reads dollars as micro-dollars", () => {
    expect(microsOf("0.0085")).toBe(8_500);
    expect(microsOf("0")).toBe(0);
    expect(microsOf("")).toBeNull();
    expect(microsOf("1e999")).toBeNull();
  });

  it("gives a date field the day that a filter means", () => {
    expect(dateOf("today", NOW_MS)).toBe("2026-11-22");
    expect(dateOf("2026-03-04", NOW_MS)).toBe("2026-03-04");
    expect(dateOf("2026-11-22T10:00:00Z", NOW_MS)).toBe("");
    expect(dateOf(undefined, NOW_MS)).toBe("");
  });

  it("knows the order by cost", () => {
    expect(isByCost({ order: "cost" })).toBe(true);
    expect(isByCost({ order: "time" })).toBe(false);
  });
});
