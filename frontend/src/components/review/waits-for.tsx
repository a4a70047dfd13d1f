// What a firing waits for: a person, who can answer here, a moment, or another run.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { ReviewForm } from "@/components/review/review-form";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { Loads } from "@/components/ui/status";
import { reviewQuery } from "@/lib/api/review-answer";
import type { FiringDetails } from "@/lib/api/run";
import { runName } from "@/lib/run/name";

type Waits = NonNullable<FiringDetails["waits_for"]>;

export function WaitsFor({ details, waits }: { details: FiringDetails; waits: Waits }) {
  if (waits.review_id) return <Review reviewId={waits.review_id} />;
  return (
    <div className="px-4 pb-3">
      <Notice kind="wait">
        {waits.child_run_id ? (
          <>
            <b>Waits for the run that it started.</b>{" "}
            <Link to="/runs/$runId" params={{ runId: waits.child_run_id }} className="anchor">
              {runName(waits.child_run_id)}
            </Link>
          </>
        ) : waits.until ? (
          <>
            <b>Goes on</b> <Ago at={waits.until} />
          </>
        ) : (
          <>
            <b>Waits</b> since <Ago at={details.started_at} />
          </>
        )}
      </Notice>
    </div>
  );
}

function Review({ reviewId }: { reviewId: string }) {
  const review = useQuery(reviewQuery(reviewId));
  return (
    <section
      className="border-line max-h-[60%] flex-none overflow-auto border-y bg-inset p-4"
      aria-label="Review"
    >
      <Loads query={review}>
        {(data) => (
          <div className="grid gap-3">
            <h3>{data.name || "A person is asked"}</h3>
            <ReviewForm review={data} />
          </div>
        )}
      </Loads>
    </section>
  );
}
