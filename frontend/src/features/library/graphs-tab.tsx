// One's graphs as cards: filtered by the address, more of them at the end.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Blocks, LayoutTemplate, Plus, SearchX, Upload } from "lucide-react";

import { useMay } from "@/components/session";
import { TemplateCard } from "@/components/templates/template-card";
import { Button } from "@/components/ui/button";
import { Empty, Loads } from "@/components/ui/status";
import { isFiltered, wantedGraphs } from "@/features/library/filters";
import { GraphCard } from "@/features/library/graph-card";
import { GraphFilters } from "@/features/library/graph-filters";
import { isOver } from "@/features/library/last-run";
import { templatesQuery } from "@/lib/api/catalogue";
import { type GraphPage, type GraphRow, type GraphsWanted, graphsKey, readGraphs } from "@/lib/api/graphs";

const WHILE_RUNNING_MS = 3_000;

type GraphsTabProps = { onNew: () => void; onImport: () => void };

export function GraphsTab({ onNew, onImport }: GraphsTabProps) {
  const wanted = wantedGraphs(useSearch({ strict: false }));
  const { query, rows } = useGraphs(wanted);
  return (
    <div className="grid gap-4 pt-4">
      <Loads query={{ data: rows, error: query.error, refetch: query.refetch }} rows={8}>
        {(graphs) =>
          graphs.length === 0 && !isFiltered(wanted) ? (
            <NoGraphs onNew={onNew} onImport={onImport} />
          ) : (
            <>
              <GraphFilters />
              {graphs.length === 0 ? <NothingFits /> : <Cards graphs={graphs} />}
              {query.hasNextPage && (
                <Button
                  className="justify-self-center"
                  isBusy={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show more graphs
                </Button>
              )}
            </>
          )
        }
      </Loads>
    </div>
  );
}

function useGraphs(wanted: GraphsWanted) {
  const query = useInfiniteQuery({
    queryKey: graphsKey(wanted),
    queryFn: ({ pageParam, signal }) => readGraphs(wanted, pageParam || undefined, signal),
    initialPageParam: "",
    getNextPageParam: (page: GraphPage) => page.next_cursor ?? undefined,
    // What was there stays while another filter is being answered: the page does not flicker.
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isRunning)) ? WHILE_RUNNING_MS : false,
  });
  return { query, rows: query.data?.pages.flatMap((page) => page.items) };
}

function isRunning(graph: GraphRow): boolean {
  return graph.last_run !== null && !isOver(graph.last_run.status);
}

function Cards({ graphs }: { graphs: readonly GraphRow[] }) {
  return (
    <ul className="cards cards--fill" aria-label="Your graphs">
      {graphs.map((graph) => (
        <li key={graph.id} className="grid min-w-0">
          <GraphCard graph={graph} />
        </li>
      ))}
    </ul>
  );
}

function NothingFits() {
  const navigate = useNavigate();
  return (
    <Empty
      icon={SearchX}
      title="No graph fits"
      action={
        <Button
          onClick={() =>
            void navigate({
              to: ".",
              search: (old) => ({ ...old, q: undefined, folder: undefined, tag: undefined }),
            })
          }
        >
          Show all graphs
        </Button>
      }
    >
      Search for another word, or leave folder and tag open.
    </Empty>
  );
}

const FIRST_TEMPLATES = 3;

function NoGraphs({ onNew, onImport }: GraphsTabProps) {
  const mayWrite = useMay("graphs:write");
  const navigate = useNavigate();
  const templates = useQuery({ ...templatesQuery, enabled: mayWrite });
  if (!mayWrite) {
    return (
      <Empty icon={Blocks} title="No graphs yet">
        You may look at graphs and their runs. Whoever may edit makes the first one.
      </Empty>
    );
  }
  return (
    <>
      <Empty
        icon={Blocks}
        title="No graphs yet"
        action={
          <span className="row mt-2">
            <Button
              variant="ink"
              icon={LayoutTemplate}
              onClick={() => void navigate({ to: ".", search: { tab: "templates" } })}
            >
              Choose a template
            </Button>
            <Button icon={Plus} onClick={onNew}>
              Begin with an empty graph
            </Button>
            <Button icon={Upload} onClick={onImport}>
              Import a file
            </Button>
          </span>
        }
      >
        A graph is a row of blocks with links between them. A template opens as a copy that you can run at
        once. Files can be dropped anywhere on this page.
      </Empty>
      <div className="cards cards--fill">
        {templates.data?.slice(0, FIRST_TEMPLATES).map((template) => (
          <TemplateCard key={template.name} template={template} />
        ))}
      </div>
    </>
  );
}
