// A run for tests, as the server tells of it: a list whose items go through two branches, one of which fails for some.

import type { Link, RunEvent } from "@/lib/autogpt-server-api/types";
import type { ItemStep } from "@/lib/run/course";

export const NODE_IDS = ["things", "each", "quick", "slow", "meet", "all", "never"];

export const LINKS: Link[] = [
  link("things-each", "things", "result", "each", "items"),
  link("each-quick", "each", "item", "quick", "a"),
  link("each-slow", "each", "item", "slow", "value_#_n"),
  link("quick-meet", "quick", "result", "meet", "one"),
  link("slow-meet", "slow", "result_#_n", "meet", "other"),
  link("meet-all", "meet", "result", "all", "items"),
  link("quick-never", "quick", "error", "never", "text"),
];

function link(id: string, source: string, pin: string, sink: string, sinkPin: string): Link {
  return { id, source_id: source, source_name: pin, sink_id: sink, sink_name: sinkPin, is_static: false };
}

/** Its events; the `quick` block fails for every fifth item, the `slow` one is tried twice and waits. */
export function eventsOf(items: number): RunEvent[] {
  const events: RunEvent[] = [];
  let us = 0;
  const say = (node_id: string | null, firing: number | null, kind: string, data: RunEvent["data"] = {}) => {
    us += 250;
    const seconds = (us / 1e6).toFixed(6).padStart(9, "0");
    events.push({
      run_id: "r",
      seq: events.length + 1,
      at: `2026-11-22T16:29:${seconds}Z`,
      node_id,
      firing,
      kind,
      data,
    });
    return events.length;
  };
  say(null, null, "state", { status: "running" });
  say("things", 0, "started", { item: [], inputs: {} });
  const list = say("things", 0, "yielded", { pin: "result", value: [1, 2] });
  say("things", 0, "finished");
  say("each", 0, "started", { item: [], inputs: { items: list } });
  for (let index = 0; index < items; index += 1) {
    say("each", 0, "yielded", { pin: "item", value: { n: index }, index });
  }
  say("each", 0, "finished");
  for (let index = 0; index < items; index += 1) {
    const item: ItemStep[] = [{ node_id: "each", ordinal: 0, index }];
    say("quick", index, "started", { item, inputs: { a: 1 } });
    say("slow", index, "started", { item, inputs: { "value_#_n": 1 } });
    say("slow", index, "retried", { code: "rate_limited", message: "429", attempt: 1, pause_s: 0.001 });
    say("slow", index, "waiting", { for: "time", key: "wait", until: null });
    if (index % 5 === 4)
      say("quick", index, "failed", { code: "block_failed", message: `no ${index}`, attempt: 1 });
    else {
      say("quick", index, "yielded", { pin: "result", value: index });
      say("quick", index, "finished");
    }
    say("slow", index, "resumed");
    say("slow", index, "charged", { usd_micros: 100 });
    say("slow", index, "yielded", { pin: "result", value: { n: index } });
    say("slow", index, "finished");
    if (index % 5 !== 4) {
      say("meet", index, "started", { item, inputs: { one: 1, other: 2 } });
      say("meet", index, "yielded", { pin: "result", value: index * 2 });
      say("meet", index, "finished");
    }
  }
  say("all", 0, "started", { item: [], inputs: { items: [1, 2, 3] } });
  say("all", 0, "yielded", { pin: "list", value: [] });
  say("all", 0, "finished");
  say(null, null, "state", { status: "completed" });
  return events;
}
