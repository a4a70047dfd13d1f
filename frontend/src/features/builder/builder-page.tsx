// The builder: a graph's draft on a canvas, with everything that one does to it.

import "@/styles/builder.css";

import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { FileQuestion } from "lucide-react";
import { NothingHere } from "@/components/ui/nothing-here";
import { Failed, Loading } from "@/components/ui/status";
import { Bench } from "@/features/builder/bench";
import { blocksQuery } from "@/lib/api/catalogue";
import { ApiError } from "@/lib/api/client";
import { draftQuery } from "@/lib/api/drafts";

export function BuilderPage() {
  const { graphId = "" } = useParams({ strict: false });
  const { run } = useSearch({ strict: false });
  const draft = useQuery({ ...draftQuery(graphId), staleTime: Number.POSITIVE_INFINITY, gcTime: 0 });
  const catalogue = useQuery({ ...blocksQuery, staleTime: 60_000 });
  if (draft.error instanceof ApiError && draft.error.status === 404) return <Gone />;
  const error = draft.error ?? catalogue.error;
  if (error && (!draft.data || !catalogue.data)) {
    return (
      <main className="p-8">
        <Failed error={error} onRetry={() => void Promise.all([draft.refetch(), catalogue.refetch()])} />
      </main>
    );
  }
  if (!draft.data || !catalogue.data) {
    return (
      <main className="p-8">
        <Loading label="Loading the graph" />
      </main>
    );
  }
  return (
    <Bench
      key={graphId}
      graphId={graphId}
      draft={draft.data}
      catalogue={catalogue.data}
      runId={run ?? null}
    />
  );
}

function Gone() {
  return (
    <NothingHere
      icon={FileQuestion}
      title="There is no such graph"
      onward={{ to: "/", label: "Go to the library" }}
    >
      It was deleted, or it belongs to somebody else. Its runs are still under Runs.
    </NothingHere>
  );
}
