// What runs ask of the person, to be answered in place. The one that is open stands in the address.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ReviewForm } from "@/components/review/review-form";
import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Section } from "@/components/ui/page";
import { State } from "@/components/ui/state";
import { tell } from "@/components/ui/toast";
import type { Filters } from "@/features/runs/use-filters";
import { openReviewsQuery } from "@/lib/api/reviews";
import { waitingRunsQuery } from "@/lib/api/runs";
import type { Review } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";

const FEW = 3;
const POLL_MS = 10_000;

export function ReviewsPanel({ filters }: { filters: Filters }) {
  const reviews = useQuery({ ...openReviewsQuery, refetchInterval: POLL_MS }).data ?? [];
  const names = useGraphNames(reviews);
  const [showsAll, setShowsAll] = useState(false);
  const openId = filters.search.review;
  if (reviews.length === 0) return null;
  const shown = showsAll ? reviews : reviews.filter((one, place) => place < FEW || one.id === openId);
  return (
    <div className="mb-6">
      <Section
        title={`${counted(reviews.length, "review")} ${reviews.length === 1 ? "waits" : "wait"} for you`}
      >
        <ul className="card" aria-label="Reviews">
          {shown.map((review) => (
            <ReviewItem
              key={review.id}
              review={review}
              graphName={names.get(review.run_id)}
              isOpen={review.id === openId}
              onToggle={() => filters.set({ review: review.id === openId ? undefined : review.id })}
            />
          ))}
        </ul>
        {shown.length < reviews.length && (
          <Button variant="quiet" size="small" className="mt-2" onClick={() => setShowsAll(true)}>
            Show all {reviews.length}
          </Button>
        )}
      </Section>
    </div>
  );
}

type ReviewItemProps = {
  review: Review;
  graphName: string | undefined;
  isOpen: boolean;
  onToggle: () => void;
};

function ReviewItem({ review, graphName, isOpen, onToggle }: ReviewItemProps) {
  const navigate = useNavigate();
  const openRun = () => void navigate({ to: "/runs/$runId", params: { runId: review.run_id } });
  const formId = `review-${review.id}`;
  const decided = (isApproved: boolean) => {
    onToggle();
    tell(`${isApproved ? "Approved" : "Rejected"}: ${review.name}`, { label: "Open run", onClick: openRun });
  };
  return (
    <li className="review">
      <div className="review__head">
        <State state="waiting" word="" />
        <div className="min-w-0 flex-1">
          <h3 className="truncate">{review.name || "Review"}</h3>
          <p className="faint truncate text-12">
            {graphName && `${graphName}, `}
            <Ago at={review.created_at} />
          </p>
        </div>
        <Link to="/runs/$runId" params={{ runId: review.run_id }} className="anchor text-12 font-normal">
          Open run
          <span className="sr-only"> of {review.name}</span>
        </Link>
        <Button
          size="small"
          aria-expanded={isOpen}
          aria-controls={isOpen ? formId : undefined}
          onClick={onToggle}
        >
          {isOpen ? "Close" : "Answer"}
          <span className="sr-only"> {review.name}</span>
        </Button>
      </div>
      {isOpen && (
        <div id={formId} className="max-w-3xl px-4 pb-4">
          <ReviewForm review={review} onDecided={decided} />
        </div>
      )}
    </li>
  );
}

/** Which graph asks, by the run; a run within another has none here. */
function useGraphNames(reviews: readonly Review[]): Map<string, string> {
  const waiting = useQuery({ ...waitingRunsQuery, enabled: reviews.length > 0 }).data?.items ?? [];
  return new Map(waiting.map((run) => [run.run_id, run.graph_name ?? "Deleted graph"]));
}
