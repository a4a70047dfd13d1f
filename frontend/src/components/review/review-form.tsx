// Answers what a run asks: approve or reject, with other data and a word if need be.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { type ReactNode, useState } from "react";

import { ReviewData, ReviewText } from "@/components/review/review-data";
import { ReviewDecided } from "@/components/review/review-decided";
import { answerOf, type Draft, draftOf, isChanged, type Problems } from "@/components/review/review-draft";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Field, TextArea } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message as wordsFor } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { answerReview, reviewQuery, shownData } from "@/lib/api/review-answer";
import type { Review } from "@/lib/autogpt-server-api/types";
import { size } from "@/lib/format";
import "@/styles/runs.css";

type ReviewFormProps = {
  /** As a list or a review of its own says it: data that is too long for a list is loaded when asked for. */
  review: Review;
  onDecided?: (isApproved: boolean) => void;
};

export function ReviewForm({ review, onDecided }: ReviewFormProps) {
  const mayAnswer = useMay("reviews:write");
  if (review.status !== "open") return <ReviewDecided review={review} />;
  return (
    <div className="grid gap-4">
      <Data review={review}>
        {(value) =>
          mayAnswer ? (
            <Answer review={review} value={value} {...(onDecided ? { onDecided } : {})} />
          ) : (
            <>
              <ReviewText value={value} />
              <p className="faint">You may look at this. People who may answer reviews decide it.</p>
            </>
          )
        }
      </Data>
    </div>
  );
}

/** All of a review's data, or its beginning and how to get the rest: nobody answers what they have not seen. */
function Data({ review, children }: { review: Review; children: (value: unknown) => ReactNode }) {
  const [isWanted, setIsWanted] = useState(false);
  const shown = shownData(review.data);
  const whole = useQuery({ ...reviewQuery(review.id), enabled: isWanted && !shown.isAll });
  if (shown.isAll) return children(shown.value);
  if (whole.data) return children(whole.data.data);
  return (
    <>
      <ReviewText value={shown.beginning} label="The beginning of the data" />
      {whole.error && <Notice kind="fail">{wordsFor(whole.error)}</Notice>}
      <div className="row">
        <span className="faint">The beginning of {size(shown.sizeBytes)}.</span>
        <Button size="small" isBusy={whole.isFetching} onClick={() => setIsWanted(true)}>
          Load all to answer
        </Button>
      </div>
    </>
  );
}

function Answer({ review, value, onDecided }: ReviewFormProps & { value: unknown }) {
  const [draft, setDraft] = useState<Draft | null>(review.is_editable ? draftOf(value) : null);
  const [message, setMessage] = useState("");
  const [problems, setProblems] = useState<Problems>({});
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (body: Parameters<typeof answerReview>[1]) => answerReview(review.id, body),
    meta: { isErrorShown: true },
    onSuccess: (_nothing, { approved }) => {
      void client.invalidateQueries({ queryKey: keys.reviews });
      void client.invalidateQueries({ queryKey: keys.runs });
      onDecided?.(approved);
    },
  });
  const decide = (isApproved: boolean) => {
    const outcome = answerOf(value, draft, isApproved, message);
    setProblems("problems" in outcome ? outcome.problems : {});
    if ("value" in outcome) answer.mutate(outcome.value);
  };
  if (answer.error instanceof ApiError && answer.error.status === 409) {
    return <Overtaken reviewId={review.id} words={answer.error.message} />;
  }
  const isEdited = draft !== null && isChanged(draft, value);
  return (
    <>
      {draft === null ? (
        <ReviewText value={value} />
      ) : (
        <ReviewData draft={draft} problems={problems} onChange={setDraft} />
      )}
      <Field label="Message" note="optional" help="Goes on with the run, whichever you choose.">
        {(described) => (
          <TextArea
            {...described}
            rows={2}
            maxLength={10_000}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        )}
      </Field>
      {answer.error && <Notice kind="fail">{wordsFor(answer.error)}</Notice>}
      <div className="row justify-end">
        <Button icon={X} disabled={answer.isPending} onClick={() => decide(false)}>
          {isEdited ? "Reject with changes" : "Reject"}
        </Button>
        <Button variant="ink" icon={Check} isBusy={answer.isPending} onClick={() => decide(true)}>
          {isEdited ? "Approve with changes" : "Approve"}
        </Button>
      </div>
    </>
  );
}

/** Somebody was faster, or the run has ended: what became of it. */
function Overtaken({ reviewId, words }: { reviewId: string; words: string }) {
  const now = useQuery(reviewQuery(reviewId)).data;
  if (now && now.status !== "open") return <ReviewDecided review={now} isNews />;
  return <Notice kind="wait">{words}</Notice>;
}
