// The states of a graph for one item only: blocks that it did not pass are skipped, links beside its way are at rest.

import type { Link } from "@/lib/autogpt-server-api/types";
import type { Firing } from "@/lib/run/course";
import type { Passage } from "@/lib/run/items";
import type { LinkRun, NodeRun } from "@/lib/run/model";
import type { StateName } from "@/lib/states";

/** What the canvas asks of a run; the store is one, too. */
export type RunView = {
  subscribe: (listener: () => void) => () => void;
  node: (id: string) => NodeRun | undefined;
  link: (id: string) => LinkRun | undefined;
};

/** The same run, seen from one item. */
export function itemView(
  run: RunView,
  passages: ReadonlyMap<string, Passage>,
  links: readonly Link[],
): RunView {
  const nodes = new Map([...passages].map(([id, passage]) => [id, nodeOf(id, passage, run)]));
  const passed = new Map(links.map((link) => [link.id, linkOf(link, passages, run)]));
  return {
    subscribe: run.subscribe,
    node: (id) => nodes.get(id),
    link: (id) => passed.get(id),
  };
}

function nodeOf(nodeId: string, passage: Passage, run: RunView): NodeRun | undefined {
  switch (passage.kind) {
    case "outside":
      return run.node(nodeId);
    case "missing":
      return sum(nodeId, [], "skipped");
    case "gave":
      return sum(nodeId, [passage.firing], stateOf([passage.firing]));
    default:
      return sum(nodeId, passage.firings, stateOf(passage.firings));
  }
}

function linkOf(link: Link, passages: ReadonlyMap<string, Passage>, run: RunView): LinkRun | undefined {
  const source = passages.get(link.source_id);
  const sink = passages.get(link.sink_id);
  const known = run.link(link.id);
  if (source?.kind === "outside" && sink?.kind === "outside") return known;
  const isPassed = known !== undefined && known.count > 0 && isThere(source) && isThere(sink);
  return { linkId: link.id, count: isPassed ? 1 : 0, last: null, isLive: false };
}

function isThere(passage: Passage | undefined): boolean {
  return passage !== undefined && passage.kind !== "missing";
}

function stateOf(firings: readonly Firing[]): StateName {
  const has = (state: Firing["state"]) => firings.some((firing) => firing.state === state);
  if (has("running")) return "running";
  if (has("waiting")) return "waiting";
  if (has("failed")) return has("ok") ? "partly" : "failed";
  return "ok";
}

function sum(nodeId: string, firings: readonly Firing[], state: StateName): NodeRun {
  const count = (wanted: Firing["state"]) => firings.filter((firing) => firing.state === wanted).length;
  const failed = firings.findLast((firing) => firing.state === "failed");
  return {
    nodeId,
    state,
    started: firings.length,
    completed: count("ok"),
    failed: count("failed"),
    waiting: count("waiting"),
    running: count("running"),
    retried: firings.reduce((all, firing) => all + firing.tries.length, 0),
    total: null,
    durationMs: firings.reduce((all, { fromMs, toMs }) => all + (toMs === null ? 0 : toMs - fromMs), 0),
    usdMicros: firings.reduce((all, firing) => all + firing.usdMicros, 0),
    error: failed ? { code: "", message: failed.error ?? "", firing: failed.firing } : null,
    progress: null,
  };
}
