// What runs ask people.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";

/** The open ones, oldest first; at most a page of them. */
export const openReviewsQuery = query(keys.reviews, async ({ signal }) => {
  const page = await unwrap(api.GET("/api/reviews", { signal }));
  return page.items;
});
