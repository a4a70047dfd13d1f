// A run: its graph with what became of each block, its timeline, and every value that it took and gave.

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { SearchX } from "lucide-react";

import { NothingHere } from "@/components/ui/nothing-here";
import { useTitle } from "@/components/ui/page";
import { Failed, Loading } from "@/components/ui/status";
import { RunScreen } from "@/features/run/run-screen";
import { blocksQuery } from "@/lib/api/catalogue";
import { ApiError } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { graphQuery } from "@/lib/api/one-graph";
import { readRunNodes, runQuery } from "@/lib/api/run";
import type { RunDetails } from "@/lib/autogpt-server-api/types";
import { runName } from "@/lib/run/name";

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
    ...graphQuery(run.graph_id, run.graph_version),
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
    <NothingHere
      icon={SearchX}
      title="There is no such run"
      onward={{ to: "/runs", label: "Go to the runs" }}
    >
      It may have been deleted: old runs are, after as many days as their graph says.
    </NothingHere>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
