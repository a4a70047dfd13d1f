import { describe, expect, it } from "vitest";

import { merged } from "@/features/triggers/newest-deliveries";
import type { Delivery } from "@/lib/api/webhooks";

function delivery(id: string, problem = ""): Delivery {
  return {
    id,
    problem,
    event_id: null,
    event_type: "paid",
    is_test: false,
    received_at: "2026-01-01T00:00:00Z",
    replay_of: null,
    run_ids: [],
    size_bytes: 2,
    state: "started",
  };
}

const ids = (rows: readonly Delivery[]) => rows.map((row) => row.id).join("");

describe("merged", () => {
  it("puts what came in front and keeps the older pages", () => {
    const { rows, hasGap } = merged([delivery("e"), delivery("d")], false, [delivery("d"), delivery("c")]);
    expect(ids(rows)).toBe("edc");
    expect(hasGap).toBe(false);
  });

  it("takes the newer word on a delivery", () => {
    const { rows } = merged([delivery("d", "new")], false, [delivery("d", "old"), delivery("c")]);
    expect(rows[0]?.problem).toBe("new");
  });

  it("sees that something is missing in between", () => {
    expect(merged([delivery("z"), delivery("y")], false, [delivery("d")]).hasGap).toBe(true);
  });

  it("has only the newest where they are all", () => {
    const { rows, hasGap } = merged([delivery("b")], true, [delivery("a")]);
    expect(ids(rows)).toBe("b");
    expect(hasGap).toBe(false);
  });

  it("is no gap while no page has come", () => {
    expect(merged([delivery("b")], false, []).hasGap).toBe(false);
  });
});
