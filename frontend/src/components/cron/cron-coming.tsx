// The next times of an expression, and what it says in words.

import { CalendarClock } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import type { CronPreview } from "@/lib/api/schedules";
import { localTimezone, wallTime } from "@/lib/cron-times";
import "@/styles/cron.css";

type CronComingProps = {
  /** undefined: not known yet; null: there is none, because the expression is refused. */
  preview: CronPreview | null | undefined;
  /** Why it could not be asked for; empty: nothing is wrong. */
  problem: string;
};

/** Always as high as five times, so that the form stays where it is. */
export function CronComing({ preview, problem }: CronComingProps) {
  return (
    <section className="coming" aria-label="The next times" aria-live="polite">
      {preview ? <Times preview={preview} /> : <p className="faint">{problem || saidWithout(preview)}</p>}
    </section>
  );
}

function saidWithout(preview: null | undefined): string {
  return preview === null ? "The next times stand here once the expression is right." : "";
}

function Times({ preview }: { preview: CronPreview }) {
  const isElsewhere = preview.timezone !== localTimezone();
  return (
    <>
      <p className="row font-medium">
        <Icon of={CalendarClock} size={14} />
        {preview.description || "The next times"}
      </p>
      <ol className="grid gap-0.5">
        {preview.next_times.map((at) => (
          <li key={at} className="num flex gap-3 text-12">
            <time dateTime={at} className="min-w-36">
              {wallTime(at, preview.timezone)}
            </time>
            {isElsewhere && <span className="faint">{wallTime(at)} here</span>}
          </li>
        ))}
      </ol>
      {preview.next_times.length === 0 && <p className="faint text-12">It never comes.</p>}
    </>
  );
}
