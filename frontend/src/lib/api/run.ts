// One run: what it was given and came to, what each of its blocks did, value by value.

import { api, readJson, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import { startRun } from "@/lib/api/starting";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunDetails, RunRow } from "@/lib/autogpt-server-api/types";
import type { RunNodes } from "@/lib/run/watch";

type Schemas = components["schemas"];
export type FiringRow = Schemas["FiringRow"];
export type FiringDetails = Schemas["FiringDetails"];
export type FiringStatus = Schemas["FiringStatus"];
export type TakenInput = Schemas["TakenInput"];
export type GivenValue = Schemas["GivenValue"];
export type HttpExchange = Schemas["HttpExchange"];
export type FileView = Schemas["FileView"];

const EVENTS = 5_000;
const FIRINGS = 50;
const VALUES = 50;
const NEWER_PAGES = 5;
const LARGEST_PAGE = 200;

export function runQuery(runId: string) {
  return query<RunDetails>(keys.run(runId), ({ signal }) =>
    unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: runId } }, signal })),
  );
}

export function readRunNodes(runId: string, signal: AbortSignal): Promise<RunNodes> {
  return unwrap(api.GET("/api/runs/{run_id}/nodes", { params: { path: { run_id: runId } }, signal }));
}

export function readRunEvents(runId: string, after: number, signal: AbortSignal) {
  return unwrap(
    api.GET("/api/runs/{run_id}/events", {
      params: { path: { run_id: runId }, query: { after, limit: EVENTS } },
      signal,
    }),
  );
}

/** The firings of a block by their number, for `useInfiniteQuery`. */
export function firingPagesQuery(runId: string, nodeId: string, status: readonly FiringStatus[]) {
  return {
    queryKey: [...keys.firings(runId, nodeId), "list", status],
    queryFn: ({ pageParam, signal }: { pageParam: number; signal: AbortSignal }) =>
      unwrap(
        api.GET("/api/runs/{run_id}/nodes/{node_id}/firings", {
          params: {
            path: { run_id: runId, node_id: nodeId },
            query: { after: pageParam, limit: FIRINGS, status: [...status] },
          },
          signal,
        }),
      ),
    initialPageParam: -1,
    getNextPageParam: (page: Schemas["Firings"]) => page.next_after ?? undefined,
  };
}

/** What a firing took and gave. */
export function firingQuery(runId: string, nodeId: string, firing: number) {
  return query<FiringDetails>([...keys.firings(runId, nodeId), firing], ({ signal }) =>
    unwrap(
      api.GET("/api/runs/{run_id}/nodes/{node_id}/firings/{firing}", {
        params: { path: { run_id: runId, node_id: nodeId, firing } },
        signal,
      }),
    ),
  );
}

/** All that a block gave on a pin, of one firing where it is named; for `useInfiniteQuery`. */
export function givenPagesQuery(runId: string, nodeId: string, pin: string, firing: number | null) {
  return {
    queryKey: [...keys.firings(runId, nodeId), "given", pin, firing],
    queryFn: ({ pageParam, signal }: { pageParam: number; signal: AbortSignal }) =>
      unwrap(
        api.GET("/api/runs/{run_id}/nodes/{node_id}/outputs/{pin}", {
          params: {
            path: { run_id: runId, node_id: nodeId, pin },
            query: { after: pageParam, limit: VALUES, ...(firing === null ? {} : { firing }) },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page: Schemas["Values"]) => page.next_after ?? undefined,
  };
}

/** Runs that this one has started, newest first; at most a page of them. */
export function childRunsQuery(runId: string) {
  return query<RunRow[]>([...keys.run(runId), "children"], async ({ signal }) => {
    const page = await unwrap(
      api.GET("/api/runs", { params: { query: { parent_run_id: runId, limit: LARGEST_PAGE } }, signal }),
    );
    return page.items;
  });
}

export type Neighbours = { older: string | null; newer: string | null };

/** The runs of the graph before and after this one; `newer` null also where too many lie between. */
export function neighboursQuery(run: Pick<RunRow, "run_id" | "graph_id" | "created_at">) {
  return query<Neighbours>([...keys.run(run.run_id), "neighbours"], async ({ signal }) => {
    const older = await unwrap(
      api.GET("/api/runs", {
        params: { query: { graph_id: run.graph_id, cursor: run.run_id, limit: 1 } },
        signal,
      }),
    );
    return { older: older.items[0]?.run_id ?? null, newer: await newerRun(run, signal) };
  });
}

/** Lists begin with the newest run: the last one before this is the next. */
async function newerRun(
  run: Pick<RunRow, "run_id" | "graph_id" | "created_at">,
  signal: AbortSignal,
): Promise<string | null> {
  let cursor: string | undefined;
  let newer: string | null = null;
  for (let pages = 0; pages < NEWER_PAGES; pages += 1) {
    const page = await unwrap(
      api.GET("/api/runs", {
        params: {
          query: {
            graph_id: run.graph_id,
            created_after: run.created_at,
            limit: LARGEST_PAGE,
            ...(cursor ? { cursor } : {}),
          },
        },
        signal,
      }),
    );
    newer = page.items.findLast((other) => other.run_id > run.run_id)?.run_id ?? newer;
    cursor = page.next_cursor ?? undefined;
    if (cursor === undefined) return newer;
  }
  return null;
}

/** A value that was too long to come along. */
export function wholeValueQuery(href: string) {
  return query<unknown>(["values", href], ({ signal }) => readJson(href, signal));
}

export function fileQuery(fileId: string) {
  return query<FileView>([...keys.files, fileId], ({ signal }) =>
    unwrap(api.GET("/api/files/{file_id}", { params: { path: { file_id: fileId } }, signal })),
  );
}

export function fileHref(fileId: string): string {
  return `/api/files/${encodeURIComponent(fileId)}/content`;
}

/** A new run that takes over what this one did before the block, and runs from there on; its inputs are this one's. */
export function runFromNode(run: RunDetails, nodeId: string): Promise<string> {
  return startRun(run.graph_id, { from_run: run.run_id, from_node: nodeId });
}
