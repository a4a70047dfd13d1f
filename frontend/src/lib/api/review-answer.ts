// One review with all of its data, and the answer to it.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";
import type { Review } from "@/lib/autogpt-server-api/types";

export type Answer = components["schemas"]["Answer"];

export function reviewQuery(reviewId: string) {
  return query<Review>([...keys.reviews, reviewId], ({ signal }) =>
    unwrap(api.GET("/api/reviews/{review_id}", { params: { path: { review_id: reviewId } }, signal })),
  );
}

/** @throws ApiError 409: somebody was faster, or the run has ended. */
export async function answerReview(reviewId: string, answer: Answer): Promise<void> {
  await unwrap(
    api.POST("/api/reviews/{review_id}", { params: { path: { review_id: reviewId } }, body: answer }),
  );
}

/** What a list says of a review's data: all of it, or the beginning of what is too long for a list. */
export type Shown = { isAll: true; value: unknown } | { isAll: false; beginning: string; sizeBytes: number };

export function shownData(listed: unknown): Shown {
  if (isRecord(listed) && typeof listed.$preview === "string" && typeof listed.size_bytes === "number") {
    return { isAll: false, beginning: listed.$preview, sizeBytes: listed.size_bytes };
  }
  if (isRecord(listed) && "$value" in listed && Object.keys(listed).length === 1) {
    return { isAll: true, value: listed.$value };
  }
  return { isAll: true, value: listed };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
