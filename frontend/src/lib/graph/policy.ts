// What happens around a block when it fails, in words.

import type { NodePolicy, RetryPolicy } from "@/lib/autogpt-server-api/types";
import { duration } from "@/lib/format";

/** Kinds of failures that a later try can mend, with what they mean. */
export const RETRYABLE_KINDS: readonly { code: string; word: string }[] = [
  { code: "rate_limited", word: "The service says: too many requests" },
  { code: "provider_unavailable", word: "The service is down or cannot be reached" },
  { code: "timeout", word: "It took too long" },
  { code: "provider_error", word: "The service refused for another reason" },
  { code: "block_failed", word: "The block itself failed" },
];

/** The pauses between the tries, in seconds: each twice as long as the one before, up to the longest. */
export function pauses({ times, backoff_s, max_backoff_s }: RetryPolicy): number[] {
  return Array.from({ length: times }, (_, turn) => Math.min(backoff_s * 2 ** turn, max_backoff_s));
}

const MOST_NAMED = 4;

/** "It is tried 3 more times, after 1 s, 2 s and 4 s at most.": pauses are a little random */
export function retrySentence(retry: RetryPolicy): string {
  if (retry.times === 0) return "It is not tried again.";
  const all = pauses(retry).map((seconds) => duration(seconds * 1_000));
  const [last = ""] = all.slice(-1);
  const named =
    all.length > MOST_NAMED
      ? `${all.slice(0, MOST_NAMED - 1).join(", ")} and so on up to ${last}`
      : all.length > 1
        ? `${all.slice(0, -1).join(", ")} and ${last}`
        : last;
  const which = retry.kinds.length > 0 ? "For the chosen kinds of errors it is" : "It is";
  return `${which} tried ${retry.times === 1 ? "once more" : `${retry.times} more times`}, after ${named} at most.`;
}

/** What then follows when no try is left. */
export function errorSentence({ on_error }: Pick<NodePolicy, "on_error">): string {
  return on_error === "stop"
    ? "If it fails for good, the run ends as failed. What completed is kept."
    : "If it fails for good, the error goes out at its error pin, and the other blocks go on.";
}

export function orderSentence(order: NodePolicy["order"], parallel: number): string {
  const side = parallel === 1 ? "One value after the other" : `Up to ${parallel} values side by side`;
  if (order === "arrival") return `${side}; results go on as they come.`;
  if (order === "source") return `${side}; results go on in the order of what came in.`;
  return `${side}; the order is the block's own.`;
}
