// The strip below the canvas: the run as one row of small blocks, its time and cost, and the way to all of it.

import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useStore } from "zustand";

import { useNodeRun } from "@/components/canvas/run-states";
import { Money } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { runState, State } from "@/components/ui/state";
import { useTotals } from "@/features/builder/run/context";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { Node } from "@/lib/autogpt-server-api/types";
import { counted, duration } from "@/lib/format";
import { nodeName } from "@/lib/graph/model";
import { isFinal } from "@/lib/states";

/** More blocks than these are not drawn one by one. */
const MOST_DRAWN = 120;

export function RunStrip() {
  const { runner, catalogue } = useBuilderParts();
  const runId = useStore(runner.state, (state) => state.runId);
  const totals = useTotals();
  const nodes = useEditor((state) => state.graph.nodes);
  const now = useNow(totals !== null && !isFinal(totals.status));
  if (runId === null || totals === null) return null;
  const shown = nodes.filter((node) => catalogue.get(node.block_id)?.kind !== "note").slice(0, MOST_DRAWN);
  const toMs = isFinal(totals.status) ? (totals.toMs ?? now) : now;
  return (
    <section className="strip" aria-label="Run">
      <span role="status">
        <State state={runState(totals.status)} />
      </span>
      <div className="course" aria-hidden>
        {shown.map((node) => (
          <Course key={node.id} node={node} name={nodeName(node, catalogue.get(node.block_id))} />
        ))}
      </div>
      <span className="num dim">{counted(totals.firings, "step")}</span>
      <span className="num">{duration(totals.fromMs === null ? 0 : Math.max(toMs - totals.fromMs, 0))}</span>
      <Money usdMicros={totals.usdMicros} />
      <Link to="/runs/$runId" params={{ runId }} className="btn btn--quiet btn--sm">
        Open run
        <Icon of={ArrowUpRight} size={14} />
      </Link>
    </section>
  );
}

/** One block of the run, as wide as it took. */
function Course({ node, name }: { node: Node; name: string }) {
  const run = useNodeRun(node.id);
  const width = Math.min(Math.max(Math.log10((run?.durationMs ?? 0) + 1), 0.6), 4);
  return <i className={`s-${run?.state ?? "idle"}`} style={{ flexGrow: width }} title={name} />;
}

/** The time, ten times a second while something goes on. */
function useNow(isOn: boolean): number {
  return useSyncExternalStore(isOn ? onTenth : never, isOn ? tenth : zero);
}

function onTenth(listener: () => void): () => void {
  const timer = setInterval(listener, 100);
  return () => clearInterval(timer);
}

function never(): () => void {
  return () => undefined;
}

function tenth(): number {
  return Math.floor(Date.now() / 100) * 100;
}

function zero(): number {
  return 0;
}
