// Runs in lists: a page after the other, the dearest ones, and what one does to a run from there.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { RunsQuery } from "@/lib/api/runs-filter";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunRow } from "@/lib/autogpt-server-api/types";

type RunPage = components["schemas"]["Page_RunRow_"];

const PAGE = 50;
const LARGEST_PAGE = 200;
/** So many pages are looked through for the dearest runs. */
const DEAREST_PAGES = 5;
const MOVING_MS = 2_000;
const RESTING_MS = 10_000;

/** Runs page by page, newest first, for `useInfiniteQuery`. */
export function runPagesQuery(wanted: RunsQuery) {
  return {
    queryKey: [...keys.runs, "list", wanted],
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      readPage({ ...wanted, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RunPage) => page.next_cursor ?? undefined,
  };
}

export type Dearest = { rows: RunRow[] /** Older runs were not looked at. */; isCut: boolean };

/** The runs that cost anything, dearest first. The server knows no such order: the newest of them are put into it. */
export function dearestRunsQuery(wanted: RunsQuery) {
  const costly: RunsQuery = { min_cost_usd_micros: 1, ...wanted, limit: LARGEST_PAGE };
  return query<Dearest>([...keys.runs, "dearest", wanted], async ({ signal }) => {
    const rows: RunRow[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < DEAREST_PAGES; pages += 1) {
      const page = await readPage({ ...costly, ...(cursor ? { cursor } : {}) }, signal);
      rows.push(...page.items);
      cursor = page.next_cursor ?? undefined;
      if (cursor === undefined) break;
    }
    return { rows: byCost(rows), isCut: cursor !== undefined };
  });
}

/** Those that wait for a person or for a time; for what stands beside their reviews. */
export const waitingRunsQuery = query([...keys.runs, "waiting"], ({ signal }) =>
  readPage({ status: ["waiting"], limit: LARGEST_PAGE }, signal),
);

export function byCost(rows: readonly RunRow[]): RunRow[] {
  return rows.toSorted((one, other) => other.cost.usd_micros - one.cost.usd_micros);
}

/** How long until a list is asked for again: sooner while a run moves, later the more pages there are. */
export function pollMs(rows: readonly RunRow[], pages: number): number {
  const isMoving = rows.some((run) => run.status === "queued" || run.status === "running");
  return (isMoving ? MOVING_MS : RESTING_MS) * Math.max(1, pages);
}

export function cancelRun(runId: string) {
  return unwrap(api.POST("/api/runs/{run_id}/cancel", { params: { path: { run_id: runId } } }));
}

/** A new run that takes over what finished in this one. The key keeps a request that is sent twice from starting two. */
export async function retryRun(runId: string): Promise<string> {
  const header = { "Idempotency-Key": crypto.randomUUID() };
  const started = await unwrap(
    api.POST("/api/runs/{run_id}/retry", {
      params: { path: { run_id: runId }, header },
      body: { wait: false },
    }),
  );
  return started.run_id;
}

function readPage(wanted: RunsQuery, signal: AbortSignal): Promise<RunPage> {
  return unwrap(api.GET("/api/runs", { params: { query: wanted }, signal }));
}
