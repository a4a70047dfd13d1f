// What a webhook brought, newest first: pages that were loaded once, and the newest, which are asked for again and again.

import type { Delivery } from "@/lib/api/webhooks";

type Merged = {
  rows: readonly Delivery[];
  /** More came than the newest ones hold: what lies between them and the pages is missing. */
  hasGap: boolean;
};

/** The newest in front of the pages, each delivery once and as it was told last. */
export function merged(newest: readonly Delivery[], isAll: boolean, pages: readonly Delivery[]): Merged {
  if (isAll) return { rows: newest, hasGap: false };
  const known = new Set(newest.map((delivery) => delivery.id));
  const hasGap = pages.length > 0 && !pages.some((delivery) => known.has(delivery.id));
  return { rows: [...newest, ...pages.filter((delivery) => !known.has(delivery.id))], hasGap };
}
