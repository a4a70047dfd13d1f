import { describe, expect, it } from "vitest";

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { eventsOf, LINKS, NODE_IDS } from "@/lib/run/run-events.fixture";
import { RunStore, type Schedule } from "@/lib/run/store";
import type { NodeProgress } from "@/lib/run/tally";

const atOnce: Schedule = (work) => work();

function newStore(schedule: Schedule = atOnce): RunStore {
  return new RunStore({ links: LINKS, status: "queued" }, schedule);
}

/** All that is shown of a run. */
function shown(store: RunStore) {
  return {
    nodes: NODE_IDS.map((id) => store.node(id)).map(
      (node) => node && { ...node, durationMs: round(node.durationMs) },
    ),
    links: LINKS.map(({ id }) => store.link(id)),
    firings: NODE_IDS.map((id) => store.course.of(id)),
    totals: store.totals(),
  };
}

function round(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** What the server counts, from a store that has seen the events up to there. */
function counted(store: RunStore): NodeProgress[] {
  return NODE_IDS.map((id) => {
    const node = store.node(id);
    return {
      node_id: id,
      name: id,
      block_id: "b",
      status: "running",
      started: node?.started ?? 0,
      running: node?.running ?? 0,
      waiting: node?.waiting ?? 0,
      completed: node?.completed ?? 0,
      failed: node?.failed ?? 0,
      retried: node?.retried ?? 0,
      duration_ms: node?.durationMs ?? 0,
      cost: { usd_micros: node?.usdMicros ?? 0, credits: 0 },
      last_error: node?.error ?? null,
    };
  });
}

function portions(events: readonly RunEvent[], seed: number): RunEvent[][] {
  const parts: RunEvent[][] = [];
  let state = seed;
  for (let from = 0; from < events.length; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const size = 1 + (state % 17);
    parts.push(events.slice(Math.max(0, from - (state % 3)), from + size)); // some come twice
    from += size;
  }
  return parts;
}

describe("RunStore", () => {
  const events = eventsOf(10);
  const whole = newStore();
  whole.begin([], 0);
  whole.take(events);

  it("counts firings, times, costs and what went over the links", () => {
    expect(whole.node("quick")).toMatchObject({
      state: "partly",
      started: 10,
      completed: 8,
      failed: 2,
      running: 0,
    });
    expect(whole.node("quick")?.error).toEqual({ code: "block_failed", message: "no 9", firing: 9 });
    expect(whole.node("slow")).toMatchObject({
      state: "ok",
      completed: 10,
      waiting: 0,
      retried: 10,
      usdMicros: 1_000,
    });
    expect(whole.node("slow")?.durationMs).toBeCloseTo(8 * 10 * 0.25 - 2 * 0.25, 6);
    expect(whole.node("never")).toMatchObject({ state: "skipped", started: 0 });
    expect(whole.link("each-quick")).toMatchObject({ count: 10, last: '{"n":9}', isLive: false });
    expect(whole.link("slow-meet")).toMatchObject({ count: 10, last: "9" });
    expect(whole.link("quick-never")).toMatchObject({ count: 2, last: "no 9" });
    expect(whole.totals()).toMatchObject({ status: "completed", usdMicros: 1_000, isWhole: true });
  });

  it("comes to the same however the events are cut, and when some come twice", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const store = newStore();
      store.begin([], 0);
      for (const portion of portions(events, seed)) store.take(portion);
      expect(shown(store)).toEqual(shown(whole));
    }
  });

  it("comes to the same from wherever the server has counted", () => {
    for (let cut = 0; cut <= events.length; cut += 3) {
      const before = newStore();
      before.begin([], 0);
      before.take(events.slice(0, cut));
      const store = newStore();
      store.begin(counted(before), cut);
      store.take(events.slice(0, cut));
      store.take(events.slice(Math.max(0, cut - 4)));
      expect(shown(store), `cut at ${cut}`).toEqual(shown(whole));
    }
  });

  it("knows the counts of a long run of which it has read only the end", () => {
    const cut = events.length - 12;
    const before = newStore();
    before.begin([], 0);
    before.take(events.slice(0, cut));
    const store = newStore();
    store.begin(counted(before), cut, cut - 5);
    store.take(events.slice(cut - 5));
    expect(store.node("quick")).toMatchObject({ started: 10, completed: 8, failed: 2, running: 0 });
    expect(store.totals().isWhole).toBe(false);
  });

  it("says how many of how many while it goes on, and which links are at work", () => {
    const store = newStore();
    store.begin([], 0);
    const until = events.findIndex(
      (event) => event.node_id === "quick" && event.firing === 3 && event.kind === "started",
    );
    store.take(events.slice(0, until + 1));
    expect(store.node("quick")).toMatchObject({ state: "running", started: 4, total: 10 });
    expect(store.link("each-quick")).toMatchObject({ isLive: true });
    expect(store.node("all")).toMatchObject({ state: "queued", total: 10 - 7 });
    expect(store.link("quick-never")?.isLive ?? false).toBe(false);
  });

  it("shows progress while a block runs", () => {
    const store = newStore();
    store.begin([], 0);
    store.take(events.slice(0, 2));
    const told = { run_id: "r", seq: null, at: "2026-11-22T16:29:01Z", node_id: "things", firing: 0 };
    store.take([{ ...told, kind: "progress", data: { fraction: 0.5, text: "half" } }]);
    expect(store.node("things")).toMatchObject({ state: "running", progress: { share: 0.5, text: "half" } });
    expect(store.lastSeq).toBe(2);
  });

  it("calls what still ran at the end stopped", () => {
    const store = newStore();
    store.begin([], 0);
    store.take(events.slice(0, 2));
    store.take([
      { run_id: "r", seq: 3, at: "2026-11-22T16:29:02Z", kind: "state", data: { status: "cancelled" } },
    ]);
    expect(store.node("things")?.state).toBe("stopped");
    expect(store.node("things")?.progress).toBeNull();
  });

  it("tells once for all that came before a picture, and keeps what did not change", () => {
    const frames: (() => void)[] = [];
    const store = newStore((work) => void frames.push(work));
    const draw = () => {
      for (const work of frames.splice(0)) work();
    };
    store.begin([], 0);
    draw();
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    for (const event of events.slice(0, 4)) store.take([event]);
    expect([told, frames.length]).toEqual([0, 1]);
    draw();
    expect(told).toBe(1);
    const things = store.node("things");
    store.take(events.slice(4, 6));
    draw();
    expect(store.node("things")).toBe(things);
    expect(store.node("each")?.state).toBe("running");
  });

  it("takes 20,000 events in a fifth of a second of work", () => {
    const many = eventsOf(1_500).slice(0, 20_000);
    expect(many.length).toBeGreaterThan(19_000);
    const tookMs = [1, 2, 3].map(() => {
      const store = newStore();
      store.begin([], 0);
      const began = process.cpuUsage(); // not the clock: others may use this machine
      for (let from = 0; from < many.length; from += 200) store.take(many.slice(from, from + 200));
      return process.cpuUsage(began).user / 1_000;
    });
    expect(Math.min(...tookMs)).toBeLessThan(200);
  });
});
