import { describe, expect, it } from "vitest";

import { barsOf, scaleOf, ticksOf } from "@/features/run/lanes";
import type { Firing } from "@/lib/run/course";

const SCALE = { fromMs: 0, toMs: 1_000 };

function firing(change: Partial<Firing>): Firing {
  const fromMs = change.fromMs ?? 0;
  return {
    nodeId: "n",
    firing: 0,
    item: [],
    itemKey: "",
    state: "ok",
    fromMs,
    toMs: 100,
    tries: [],
    pauses: [],
    waits: [],
    error: null,
    usdMicros: 0,
    isReused: false,
    opened: [],
    triedMs: fromMs,
    ...change,
  };
}

describe("barsOf", () => {
  it("draws tries, the pauses between them, and the failure at the end", () => {
    const tried = firing({
      state: "failed",
      toMs: 600,
      tries: [{ fromMs: 0, toMs: 100 }],
      pauses: [{ fromMs: 100, toMs: 500 }],
      triedMs: 500,
    });
    expect(barsOf([tried], SCALE, true)).toEqual([
      { state: "retry", x: 10, width: 40, count: 1 },
      { state: "failed", x: 0, width: 10, count: 1 },
      { state: "failed", x: 50, width: 10, count: 1 },
    ]);
  });

  it("outlines what waits, and what works before and behind it", () => {
    const waited = firing({ toMs: 800, waits: [{ fromMs: 200, toMs: 700 }] });
    expect(barsOf([waited], SCALE, true).map(({ state, x, width }) => [state, x, Math.round(width)])).toEqual(
      [
        ["ok", 0, 20],
        ["ok", 70, 10],
        ["waiting", 20, 50],
      ],
    );
  });

  it("lets an open firing go on to the end of the scale, and calls it stopped when the run is over", () => {
    const open = firing({ state: "running", fromMs: 300, triedMs: 300, toMs: null });
    expect(barsOf([open], SCALE, false)).toEqual([{ state: "running", x: 30, width: 70, count: 1 }]);
    expect(barsOf([open], SCALE, true)[0]?.state).toBe("stopped");
  });

  it("makes few bars of many firings and keeps a failure among them in sight", () => {
    const many = Array.from({ length: 10_000 }, (_, place) =>
      firing({
        firing: place,
        fromMs: place / 10,
        triedMs: place / 10,
        toMs: place / 10 + 0.1,
        state: place === 5_000 ? "failed" : "ok",
      }),
    );
    const bars = barsOf(many, SCALE, true);
    expect(bars).toHaveLength(2);
    expect(bars[0]).toMatchObject({ state: "ok", x: 0, count: 9_999 });
    expect(bars[1]).toMatchObject({ state: "failed", count: 1 });
  });

  it("draws a lane of few bars also where many firings wait beside each other", () => {
    const many = Array.from({ length: 500 }, (_, place) =>
      firing({
        firing: place,
        toMs: 900 + (place % 7),
        waits: [{ fromMs: 1 + (place % 90), toMs: 800 - place }],
      }),
    );
    const bars = barsOf(many, SCALE, true);
    expect(bars.length).toBeLessThan(90);
    expect(bars.filter(({ state }) => state === "waiting").reduce((sum, { count }) => sum + count, 0)).toBe(
      500,
    );
  });
});

it("marks the scale at round moments", () => {
  expect(ticksOf({ fromMs: 0, toMs: 9_000 })).toEqual([2_000, 4_000, 6_000, 8_000]);
  expect(ticksOf({ fromMs: 0, toMs: 33 * 60_000 })).toEqual([10, 20, 30].map((minutes) => minutes * 60_000));
  expect(ticksOf({ fromMs: 5, toMs: 5.3 }).length).toBeGreaterThan(1);
  expect(scaleOf(null, null)).toEqual({ fromMs: 0, toMs: 1 });
});
