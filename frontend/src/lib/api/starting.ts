// Starting runs of what is being composed, and what earlier runs gave.

import { api, readJson, unwrap } from "@/lib/api/client";
import { send } from "@/lib/api/graphs-send";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunRequest } from "@/lib/autogpt-server-api/types";
import { isLong, unwrapped } from "@/lib/values";

type Started = components["schemas"]["RunAccepted"];

/**
 * Start a run and do not wait for its end; its id. Only what is said is sent: what is not is as the server has it, or
 * as in the run that this one goes on from. The key keeps a request that is sent twice from starting two.
 */
export async function startRun(graphId: string, said: Partial<RunRequest>): Promise<string> {
  const answer = await send<Started>(`/api/graphs/${encodeURIComponent(graphId)}/runs`, {
    method: "POST",
    text: JSON.stringify(said),
    headers: { "idempotency-key": crypto.randomUUID() },
  });
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
