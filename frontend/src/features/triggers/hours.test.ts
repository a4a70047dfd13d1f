import { expect, it } from "vitest";

import { byHour, coversDay } from "@/features/triggers/hours";
import type { Delivery } from "@/lib/api/webhooks";

const NOW = Date.parse("2026-03-02T12:30:00Z");

function delivery(receivedAt: string, state: Delivery["state"]): Delivery {
  return {
    id: receivedAt,
    problem: "",
    event_id: null,
    event_type: "paid",
    is_test: false,
    received_at: receivedAt,
    replay_of: null,
    run_ids: [],
    size_bytes: 2,
    state,
  };
}

const FRESH = delivery("2026-03-02T12:29:00Z", "started");
const EDGE = delivery("2026-03-01T12:31:00Z", "failed");
const OLD = delivery("2026-03-01T12:29:00Z", "ignored");

it("counts by hour, the newest last, and leaves out what is older than a day", () => {
  const hours = byHour([FRESH, FRESH, EDGE, OLD], NOW);
  expect(hours).toHaveLength(24);
  expect(hours.at(-1)).toEqual({ started: 2, ignored: 0, failed: 0 });
  expect(hours[0]).toEqual({ started: 0, ignored: 0, failed: 1 });
  expect(hours.reduce((sum, hour) => sum + hour.ignored, 0)).toBe(0);
});

it("counts what a clock ahead of ours has stamped as just now", () => {
  expect(byHour([delivery("2026-03-02T12:31:00Z", "started")], NOW).at(-1)?.started).toBe(1);
});

it("knows whether a day is covered", () => {
  expect(coversDay([FRESH, EDGE], false, NOW)).toBe(false);
  expect(coversDay([FRESH, OLD], false, NOW)).toBe(true);
  expect(coversDay([FRESH], true, NOW)).toBe(true);
});
