// What all triggers need to know of runs, and where in a form a refusal belongs.

import { ApiError, api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";

/** How a run stands, without what it did. */
export function runStandsQuery(runId: string) {
  return query([...keys.run(runId), "stands"], async ({ signal }) => {
    const run = await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: runId } }, signal }));
    return run.status;
  });
}

export type Refusal = {
  /** By the path of the field: what is wrong and its cure. */
  fields: Readonly<Record<string, string>>;
  /** What belongs to none of the fields. */
  rest: readonly string[];
};

/** A refusal sorted by the fields of a form; `knows` says which paths the form shows. */
export function refusalOf(error: unknown, knows: (path: string) => boolean): Refusal {
  if (!error) return { fields: {}, rest: [] };
  if (!(error instanceof ApiError)) return { fields: {}, rest: [String(error)] };
  const problems = error.problem?.errors ?? [];
  if (problems.length === 0) return { fields: {}, rest: [error.message] };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { message, cure, path } of problems) {
    const words = [message, cure].filter(Boolean).join(" ");
    if (path && knows(path)) fields[path] = fields[path] ? `${fields[path]} ${words}` : words;
    else rest.push(words);
  }
  return { fields, rest };
}
