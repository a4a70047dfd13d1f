// The runs of this graph, the newest first, each with the way to it and onto the canvas.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { History } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Ago, Money } from "@/components/ui/figures";
import { runState, State } from "@/components/ui/state";
import { Empty, Loads } from "@/components/ui/status";
import { useEditor } from "@/features/builder/state/context";
import { pollMs, runPagesQuery } from "@/lib/api/runs";
import { duration } from "@/lib/format";

export function GraphRuns() {
  const graphId = useEditor((state) => state.graphId);
  const navigate = useNavigate();
  const query = useInfiniteQuery({
    ...runPagesQuery({ graph_id: graphId }),
    refetchInterval: ({ state }) =>
      pollMs(state.data?.pages.flatMap((page) => page.items) ?? [], state.data?.pages.length ?? 1),
  });
  const show = (runId: string) =>
    void navigate({ to: ".", search: (old) => ({ ...old, view: undefined, run: runId }) });
  return (
    <div className="page__body overflow-auto">
      <Loads query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) {
            return (
              <Empty icon={History} title="This graph has not run yet">
                Press Run, or publish it and let a trigger start it. Each run stays here with all that it did.
              </Empty>
            );
          }
          return (
            <div className="card overflow-x-auto">
              <table className="data">
                <thead>
                  <tr>
                    <th>State</th>
                    <th>When</th>
                    <th>Version</th>
                    <th className="r">Time</th>
                    <th className="r">Cost</th>
                    <th>What went wrong</th>
                    <th>
                      <span className="sr-only">Deeds</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((run) => (
                    <tr key={run.run_id}>
                      <td>
                        <Link to="/runs/$runId" params={{ runId: run.run_id }}>
                          <State state={runState(run.status)} />
                        </Link>
                      </td>
                      <td>
                        <Ago at={run.created_at} />
                      </td>
                      <td className="num">{run.graph_version}</td>
                      <td className="r num">{run.duration_ms === null ? "" : duration(run.duration_ms)}</td>
                      <td className="r">
                        <Money usdMicros={run.cost.usd_micros} />
                      </td>
                      <td className="max-w-96 truncate" title={run.error ?? undefined}>
                        {run.error}
                      </td>
                      <td className="r">
                        <Button size="small" variant="quiet" onClick={() => show(run.run_id)}>
                          Show on the canvas
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loads>
      {query.hasNextPage && (
        <div className="mt-4 grid justify-center">
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older runs
          </Button>
        </div>
      )}
    </div>
  );
}
