// Blocks of published graphs that ask services for news.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

type Schemas = components["schemas"];
export type Poll = Schemas["PollView"];
export type PollChecked = Schemas["PollChecked"];

export const pollsQuery = query(keys.polls, ({ signal }) =>
  allPages((cursor) =>
    unwrap(
      api.GET("/api/polls", { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }),
    ),
  ),
);

/** Asks the service now; a problem at the service comes back as `problem`. */
export function checkPoll(pollId: string): Promise<PollChecked> {
  return unwrap(api.POST("/api/polls/{poll_id}/check", { params: { path: { poll_id: pollId } } }));
}
