// A person's files.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";

const MOST = 50;

/** The newest files with this in their name. */
export function filesQuery(text: string) {
  return query([...keys.files, "list", text], async ({ signal }) => {
    const page = await unwrap(api.GET("/api/files", { params: { query: { q: text, limit: MOST } }, signal }));
    return page.items;
  });
}
