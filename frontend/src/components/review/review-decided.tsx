// What became of a review that is not open any more.

import { Ban, Check, X } from "lucide-react";

import { ReviewText } from "@/components/review/review-data";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { shownData } from "@/lib/api/review-answer";
import type { Review } from "@/lib/autogpt-server-api/types";

/** `isNews`: the person wanted to answer it and comes too late. */
export function ReviewDecided({ review, isNews = false }: { review: Review; isNews?: boolean }) {
  const shown = shownData(review.decision ?? review.data);
  return (
    <div className="grid gap-3">
      <Notice
        kind={isNews ? "wait" : "info"}
        icon={review.status === "approved" ? Check : review.status === "rejected" ? X : Ban}
      >
        <b>{headline(review, isNews)}</b>{" "}
        {review.decided_at && (
          <span className="faint">
            <Ago at={review.decided_at} />
          </span>
        )}
        {isNews && <div>Your answer was not taken. The run goes by this one.</div>}
        {review.message && <div>“{review.message}”</div>}
      </Notice>
      <ReviewText value={shown.isAll ? shown.value : shown.beginning} label="Data as it was decided" />
    </div>
  );
}

function headline(review: Review, isNews: boolean): string {
  if (review.status === "withdrawn") return "The run ended before somebody answered.";
  const deed = review.status === "approved" ? "approved" : "rejected";
  return isNews ? `Somebody has ${deed} this already.` : `${deed === "approved" ? "Approved" : "Rejected"}.`;
}
