import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { byCost, dearestRunsQuery, pollMs } from "@/lib/api/runs";
import { stepsOf } from "@/lib/api/runs-course";
import type { RunRow, RunStatus } from "@/lib/autogpt-server-api/types";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function run(id: string, status: RunStatus, usdMicros = 0): RunRow {
  return {
    run_id: id,
    status,
    graph_id: "g",
    graph_version: 1,
    parent_run_id: null,
    labels: [],
    created_at: "2026-11-22T10:00:00Z",
    started_at: null,
    ended_at: null,
    duration_ms: null,
    cost: { usd_micros: usdMicros, credits: usdMicros / 10_000 },
    error: null,
  };
}

describe("pollMs", () => {
  it("is short while a run moves, and grows with the pages", () => {
    expect(pollMs([run("a", "completed"), run("b", "running")], 1)).toBe(2_000);
    expect(pollMs([run("a", "running")], 3)).toBe(6_000);
    expect(pollMs([run("a", "waiting")], 1)).toBe(10_000);
    expect(pollMs([], 0)).toBe(10_000);
  });
});

describe("dearestRunsQuery", () => {
  it("looks through the pages and puts the dearest first", async () => {
    const asked: string[] = [];
    server.use(
      http.get("*/api/runs", ({ request }) => {
        const { searchParams } = new URL(request.url);
        asked.push(searchParams.toString());
        const isSecond = searchParams.get("cursor") === "c1";
        return HttpResponse.json({
          items: isSecond
            ? [run("dear", "completed", 900)]
            : [run("cheap", "failed", 5), run("middle", "failed", 70)],
          next_cursor: isSecond ? null : "c1",
        });
      }),
    );
    const { rows, isCut } = await dearestRunsQuery({ graph_id: "g" }).queryFn({
      signal: new AbortController().signal,
    });
    expect(rows.map((row) => row.run_id)).toEqual(["dear", "middle", "cheap"]);
    expect(isCut).toBe(false);
    expect(asked[0]).toContain("min_cost_usd_micros=1");
    expect(asked[0]).toContain("graph_id=g");
  });

  it("stops after some pages and says so", async () => {
    let pages = 0;
    server.use(
      http.get("*/api/runs", () => {
        pages += 1;
        return HttpResponse.json({ items: [run(`r${pages}`, "completed", pages)], next_cursor: `c${pages}` });
      }),
    );
    const { rows, isCut } = await dearestRunsQuery({}).queryFn({ signal: new AbortController().signal });
    expect(isCut).toBe(true);
    expect(pages).toBe(5);
    expect(rows.map((row) => row.run_id)).toEqual(["r5", "r4", "r3", "r2", "r1"]);
  });

  it("leaves what it sorts as it was", () => {
    const rows = [run("a", "completed", 1), run("b", "completed", 2)];
    byCost(rows);
    expect(rows.map((row) => row.run_id)).toEqual(["a", "b"]);
  });
});

describe("stepsOf", () => {
  const node = (name: string, status: "idle" | "completed" | "failed", block_id = "b") => ({
    node_id: name,
    name,
    block_id,
    status,
    started: 0,
    running: 0,
    waiting: 0,
    completed: 0,
    failed: 0,
    retried: 0,
    duration_ms: 0,
    cost: { usd_micros: 0, credits: 0 },
    last_error: null,
  });

  it("tells what was skipped from what is still to come, and leaves notes out", () => {
    const nodes = [
      node("in", "completed"),
      node("fail", "failed"),
      node("out", "idle"),
      node("note", "idle", "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc"),
    ];
    expect(stepsOf(nodes, true).map((step) => step.state)).toEqual(["ok", "failed", "skipped"]);
    expect(stepsOf(nodes, false).map((step) => step.state)).toEqual(["ok", "failed", "queued"]);
  });
});
