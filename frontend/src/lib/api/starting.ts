// Starting runs of what is being composed, and what earlier runs gave.

import { api, readJson, unwrap } from "@/lib/api/client";
import type { RunRequest } from "@/lib/autogpt-server-api/types";
import { isLong, unwrapped } from "@/lib/values";

/** A run as the server makes it where nothing is said. */
const PLAIN: RunRequest = {
  inputs: {},
  version: null,
  wait: false,
  budget: null,
  limits: { max_active_s: null, max_cost_usd_micros: null, max_firings: null, max_waiting_values: null },
  until_node: null,
  trigger_node: null,
  from_run: null,
  from_node: null,
  edits: {},
  pins: {},
  labels: [],
  safe_mode: false,
};

/** Start a run and do not wait for its end; its id. */
export async function startRun(graphId: string, request: Partial<RunRequest>): Promise<string> {
  const answer = await unwrap(
    api.POST("/api/graphs/{graph_id}/runs", {
      params: { path: { graph_id: graphId } },
      body: { ...PLAIN, ...request },
    }),
  );
  return answer.run_id;
}

/** All values that a node gave on a pin, whole, at most `most` of them. */
export async function outputsOf(
  runId: string,
  nodeId: string,
  pin: string,
  most: number,
): Promise<unknown[]> {
  const values: unknown[] = [];
  let after: number | undefined;
  while (values.length < most) {
    const page = await unwrap(
      api.GET("/api/runs/{run_id}/nodes/{node_id}/outputs/{pin}", {
        params: {
          path: { run_id: runId, node_id: nodeId, pin },
          query: after === undefined ? {} : { after },
        },
      }),
    );
    for (const item of page.items) values.push(await wholeValue(item.value));
    if (page.next_after === null) break;
    after = page.next_after;
  }
  return values.slice(0, most);
}

/** A value with all of it, where the answer has only its beginning. */
export async function wholeValue(value: unknown): Promise<unknown> {
  return isLong(value) ? readJson(value.href) : unwrapped(value);
}
