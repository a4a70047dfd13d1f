// The bar of a run: which one, how it stands, what started it, what it took; and what one does to it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, CircleStop, RotateCcw, SquarePen, Unplug } from "lucide-react";
import { useSyncExternalStore } from "react";

import { useMay } from "@/components/session";
import { Button, classes, IconButton } from "@/components/ui/button";
import { Ago, Money } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { runState, State } from "@/components/ui/state";
import { tell } from "@/components/ui/toast";
import { useScene, useTotals } from "@/features/run/run-context";
import { StartedBy } from "@/features/run/started-by";
import { useNow } from "@/features/run/use-now";
import { keys } from "@/lib/api/keys";
import { live } from "@/lib/api/live";
import { neighboursQuery } from "@/lib/api/run";
import { cancelRun, retryRun } from "@/lib/api/runs";
import { duration } from "@/lib/format";
import { runName } from "@/lib/run/name";
import { isFinal } from "@/lib/states";

export function RunBar() {
  const { run, store, graph } = useScene();
  const { status, usdMicros } = useTotals(store);
  return (
    <header className="bar runbar">
      <div className="crumbs">
        {graph ? (
          <Link to="/graphs/$graphId" params={{ graphId: run.graph_id }} className="truncate hover:text-text">
            {run.graph_name ?? graph.name}
          </Link>
        ) : (
          <span className="truncate">Deleted graph</span>
        )}
        <span aria-hidden>/</span>
        <h1>{runName(run.run_id)}</h1>
      </div>
      <State state={runState(status)} isChip />
      {!isFinal(status) && <Connection />}
      <div className="runbar__facts">
        <StartedBy />
        <Ago at={run.created_at} />
        <Took />
        <Money usdMicros={Math.max(usdMicros, run.cost.usd_micros)} />
        <span className="num">Version {run.graph_version}</span>
      </div>
      <div className="push row">
        <Neighbours />
        <Deeds />
      </div>
    </header>
  );
}

/** A word when what is shown may be old. */
function Connection() {
  const state = useSyncExternalStore(
    (listener) => live.hear(listener),
    () => live.state,
  );
  if (state !== "away") return null;
  return (
    <span className="row gap-1 text-12 text-wait" role="status">
      <Icon of={Unplug} size={14} />
      Reconnecting
    </span>
  );
}

/** How long it took, or has been going on. */
function Took() {
  const { run, store } = useScene();
  const { status } = useTotals(store);
  const isOver = isFinal(status);
  const nowMs = useNow(!isOver);
  if (isOver && run.duration_ms !== null) return <span className="num">{duration(run.duration_ms)}</span>;
  const fromMs = Date.parse(run.started_at ?? run.created_at);
  return <span className="num">{duration(Math.max(0, nowMs - fromMs))}</span>;
}

function Neighbours() {
  const { run } = useScene();
  const navigate = useNavigate();
  const { data } = useQuery({ ...neighboursQuery(run), staleTime: 30_000 });
  const go = (runId: string | null | undefined) => {
    if (runId) void navigate({ to: "/runs/$runId", params: { runId } });
  };
  return (
    <span className="row gap-0">
      <IconButton
        icon={ChevronLeft}
        label="Run before this one"
        disabled={!data?.older}
        onClick={() => go(data?.older)}
      />
      <IconButton
        icon={ChevronRight}
        label="Run after this one"
        disabled={!data?.newer}
        onClick={() => go(data?.newer)}
      />
    </span>
  );
}

function Deeds() {
  const { run, store, graph } = useScene();
  const { status } = useTotals(store);
  const mayRun = useMay("runs:write");
  const mayWrite = useMay("graphs:write");
  const canRetry = mayRun && isFinal(status) && status !== "completed" && run.parent_run_id === null && graph;
  return (
    <>
      {graph && (
        <Link
          to="/graphs/$graphId"
          params={{ graphId: run.graph_id }}
          search={{ run: run.run_id }}
          className={classes({})}
          title={
            mayWrite ? "The graph, with what this run gave pinned to its blocks" : "The graph of this run"
          }
        >
          <Icon of={SquarePen} />
          Open in builder
        </Link>
      )}
      {mayRun && !isFinal(status) && <StopButton />}
      {canRetry && <RetryButton />}
    </>
  );
}

function StopButton() {
  const { run } = useScene();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => cancelRun(run.run_id),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.run(run.run_id) }),
  });
  const isAsked = stop.isPending || stop.isSuccess || run.cancel_requested_at !== null;
  return (
    <Button icon={CircleStop} isBusy={isAsked} onClick={() => stop.mutate()}>
      {isAsked ? "Stopping" : "Stop"}
    </Button>
  );
}

function RetryButton() {
  const { run } = useScene();
  const navigate = useNavigate();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryRun(run.run_id),
    onSuccess: (runId) => {
      void client.invalidateQueries({ queryKey: keys.runs });
      tell("A new run takes over what completed here");
      void navigate({ to: "/runs/$runId", params: { runId } });
    },
  });
  return (
    <Button variant="ink" icon={RotateCcw} isBusy={retry.isPending} onClick={() => retry.mutate()}>
      Retry from failed
    </Button>
  );
}
