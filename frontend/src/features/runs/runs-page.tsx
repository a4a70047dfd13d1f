// Runs: what waits for the person, then all runs, narrowed down by the address.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { History, SearchX } from "lucide-react";
import type { ReactNode } from "react";

import { Button, classes } from "@/components/ui/button";
import { Page } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { FilterChips } from "@/features/runs/filter-chips";
import { ReviewsPanel } from "@/features/runs/reviews-panel";
import { RunFilters } from "@/features/runs/run-filters";
import { RunTable } from "@/features/runs/run-table";
import { type Filters, useFilters } from "@/features/runs/use-filters";
import { dearestRunsQuery, pollMs, runPagesQuery } from "@/lib/api/runs";
import { FILTERS, isByCost, runsQueryOf } from "@/lib/api/runs-filter";
import { count, counted } from "@/lib/format";
import "@/styles/runs.css";

export function RunsPage() {
  const filters = useFilters();
  return (
    <Page title="Runs">
      <ReviewsPanel filters={filters} />
      <RunFilters filters={filters} />
      <FilterChips filters={filters} />
      <div className="mt-4">
        {isByCost(filters.search) ? <DearestRuns filters={filters} /> : <NewestRuns filters={filters} />}
      </div>
    </Page>
  );
}

function NewestRuns({ filters }: { filters: Filters }) {
  const wanted = runsQueryOf(filters.search, Date.now());
  const pages = useInfiniteQuery({
    ...runPagesQuery(wanted),
    refetchInterval: ({ state }) => {
      const loaded = state.data?.pages ?? [];
      return pollMs(
        loaded.flatMap((page) => page.items),
        loaded.length,
      );
    },
  });
  return (
    <Loads query={pages} rows={10}>
      {({ pages: loaded }) => {
        const runs = loaded.flatMap((page) => page.items);
        const more = (
          <Button isBusy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {runs.length > 0 ? "Show more" : "Look further back"}
          </Button>
        );
        if (runs.length === 0) return <NoRuns filters={filters} {...(pages.hasNextPage ? { more } : {})} />;
        return (
          <>
            <RunTable runs={runs} />
            <div className="mt-4 flex items-center justify-center gap-3">
              {pages.hasNextPage ? more : <End runs={runs.length} />}
            </div>
          </>
        );
      }}
    </Loads>
  );
}

function DearestRuns({ filters }: { filters: Filters }) {
  const dearest = useQuery(dearestRunsQuery(runsQueryOf(filters.search, Date.now())));
  return (
    <Loads query={dearest} rows={10}>
      {({ rows, isCut }) => {
        if (rows.length === 0) return <NoRuns filters={filters} />;
        return (
          <>
            <RunTable runs={rows} />
            <p className="faint mt-4 text-center text-12">
              {isCut
                ? `The dearest of the newest ${count(rows.length)} runs that cost anything. Choose days to look at older ones.`
                : `All ${counted(rows.length, "run")} that cost anything`}
            </p>
          </>
        );
      }}
    </Loads>
  );
}

function End({ runs }: { runs: number }) {
  return <p className="faint text-12">{runs === 1 ? "1 run" : `All ${count(runs)} runs`}</p>;
}

/** None at all, or none that fits; `more`: older ones were not looked at yet. */
function NoRuns({ filters, more }: { filters: Filters; more?: ReactNode }) {
  const isNarrowed = isByCost(filters.search) || FILTERS.some((name) => filters.search[name]);
  if (!isNarrowed) {
    return (
      <Empty
        icon={History}
        title="No run yet"
        action={
          <Link to="/" className={classes({ variant: "ink" })}>
            Open the library
          </Link>
        }
      >
        Open a graph or take a template, then run it. Each run stays here with all that it took and gave.
      </Empty>
    );
  }
  return (
    <Empty
      icon={SearchX}
      title={more ? "No run fits among the newest" : "No run fits"}
      action={
        <div className="row">
          {more}
          <Button onClick={() => filters.replace({})}>Clear filters</Button>
        </div>
      }
    >
      {more ? "Older runs have not been looked at yet." : "Take a filter away, or choose other days."}
    </Empty>
  );
}
