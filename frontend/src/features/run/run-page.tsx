// A run: its graph with what became of each block, its timeline, and every value that it took and gave.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { SearchX } from "lucide-react";

import { classes } from "@/components/ui/button";
import { useTitle } from "@/components/ui/page";
import { Empty, Failed, Loading } from "@/components/ui/status";
import { RunScreen } from "@/features/run/run-screen";
import { runName } from "@/features/run/run-words";
import { blocksQuery } from "@/lib/api/catalogue";
import { ApiError } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { ranGraphQuery, readRunNodes, runQuery } from "@/lib/api/run";
import type { RunDetails } from "@/lib/autogpt-server-api/types";

export function RunPage() {
  const { runId = "" } = useParams({ strict: false });
  useTitle(runName(runId));
  const run = useQuery(runQuery(runId));
  if (run.data) return <WithGraph key={runId} run={run.data} />;
  if (isGone(run.error)) return <NoRun />;
  return <InPlace error={run.error} onRetry={() => void run.refetch()} />;
}

function WithGraph({ run }: { run: RunDetails }) {
  const catalogue = useQuery({ ...blocksQuery, staleTime: 300_000 });
  const graph = useQuery({
    ...ranGraphQuery(run.graph_id, run.graph_version),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (times, error) => !isGone(error) && times < 3,
  });
  const isDeleted = isGone(graph.error);
  const names = useQuery({
    queryKey: [...keys.runNodes(run.run_id), "names"],
    queryFn: ({ signal }) => readRunNodes(run.run_id, signal),
    enabled: isDeleted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (catalogue.data && graph.data) {
    return <RunScreen run={run} graph={graph.data} catalogue={catalogue.data} known={[]} />;
  }
  if (catalogue.data && isDeleted && names.data) {
    return <RunScreen run={run} graph={null} catalogue={catalogue.data} known={names.data.items} />;
  }
  const failed = [catalogue, ...(isDeleted ? [names] : [graph])].find(({ error }) => error);
  return <InPlace error={failed?.error ?? null} onRetry={() => void failed?.refetch()} />;
}

function InPlace({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="page p-8">
      {error ? <Failed error={error} onRetry={onRetry} /> : <Loading rows={8} label="Loading the run" />}
    </main>
  );
}

function NoRun() {
  return (
    <main className="page p-8">
      <Empty
        icon={SearchX}
        title="There is no such run"
        action={
          <Link to="/runs" className={classes({ variant: "ink" })}>
            Go to the runs
          </Link>
        }
      >
        It may have been deleted: old runs are, after as many days as their graph says.
      </Empty>
    </main>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
