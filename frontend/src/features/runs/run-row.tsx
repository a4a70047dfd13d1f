// One run in the list; the whole row leads to it.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { type Ref, type RefObject, useEffect, useRef, useState } from "react";

import { RunCourse } from "@/components/run-course";
import { Ago, Money } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { runState, State } from "@/components/ui/state";
import { RunMenu } from "@/features/runs/run-menu";
import { courseQuery } from "@/lib/api/runs-course";
import type { RunRow as Run } from "@/lib/autogpt-server-api/types";
import { ago, counted, duration, moment } from "@/lib/format";
import { isFinal } from "@/lib/states";

const MOST_LABELS = 2;
const COURSE_POLL_MS = 2_000;

type RunRowProps = {
  run: Run;
  /** In the whole list, from 0. */
  place: number;
  ref?: Ref<HTMLTableRowElement> | undefined;
};

export function RunRow({ run, place, ref }: RunRowProps) {
  const name = run.graph_name ?? "Deleted graph";
  return (
    <tr ref={ref} className="run" aria-rowindex={place + 2} data-index={place}>
      <td>
        <State state={runState(run.status)} />
      </td>
      <td className="max-w-0 max-lg:py-1.5">
        <div className="row max-lg:flex-col max-lg:items-start max-lg:gap-0">
          <Link
            to="/runs/$runId"
            params={{ runId: run.run_id }}
            className="run__link truncate font-medium max-lg:line-clamp-2 max-lg:whitespace-normal max-lg:wrap-anywhere"
          >
            {name}
            <span className="sr-only">, run of {moment(run.created_at)}</span>
          </Link>
          <span
            className="faint truncate min-w-0 flex-1 text-12 max-lg:w-full max-lg:flex-none"
            title={run.error ?? undefined}
          >
            {remark(run)}
          </span>
        </div>
      </td>
      <td className="max-[1400px]:hidden">
        <Origin run={run} />
      </td>
      <td className="max-lg:hidden">
        <Course run={run} />
      </td>
      <td className="r dim">
        <Ago at={run.created_at} />
      </td>
      <td className="r num dim max-lg:hidden">{run.duration_ms !== null && duration(run.duration_ms)}</td>
      <td className="r num max-lg:hidden">
        {run.cost.usd_micros > 0 ? (
          <Money usdMicros={run.cost.usd_micros} />
        ) : (
          <span className="faint">$0</span>
        )}
      </td>
      <td className="run__actions">
        <RunMenu run={run} name={name} />
      </td>
    </tr>
  );
}

/** What one would open the run for: its error, or what it waits for. */
function remark(run: Run): string {
  if (run.error) return run.error;
  if (run.status !== "waiting") return "";
  if (run.wake_at) return `goes on ${ago(run.wake_at, Date.now())}`;
  return "waits for an answer";
}

/** Its labels, and whether it takes another run up again. */
function Origin({ run }: { run: Run }) {
  const labels = run.labels ?? [];
  const more = labels.length - MOST_LABELS;
  return (
    <span className="row gap-1">
      {run.from_run_id && (
        <span className="tag">
          <Icon of={RotateCcw} size={12} />
          Retry
        </span>
      )}
      {labels.slice(0, MOST_LABELS).map((label) => (
        <span key={label} className="tag" title={label}>
          <span className="max-w-24 truncate">{label}</span>
        </span>
      ))}
      {more > 0 && (
        <span className="faint text-12" title={labels.slice(MOST_LABELS).join(", ")}>
          +{more}
          <span className="sr-only"> {counted(more, "label")} more</span>
        </span>
      )}
    </span>
  );
}

/** The row of blocks; asked for when it comes into sight, and again while the run goes on. */
function Course({ run }: { run: Run }) {
  const place = useRef<HTMLSpanElement>(null);
  const isSeen = useSeen(place);
  const hasEnded = isFinal(run.status);
  const course = useQuery({
    ...courseQuery(run.run_id, run.status),
    enabled: isSeen,
    staleTime: hasEnded ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: run.status === "running" ? COURSE_POLL_MS : false,
    placeholderData: (before) => before,
  });
  return (
    <span ref={place} className="block min-h-2.5">
      {course.data && course.data.length > 0 && <RunCourse steps={course.data} />}
    </span>
  );
}

function useSeen(ref: RefObject<Element | null>): boolean {
  const [isSeen, setIsSeen] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (isSeen || ref.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setIsSeen(true);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [isSeen, ref]);
  return isSeen;
}
