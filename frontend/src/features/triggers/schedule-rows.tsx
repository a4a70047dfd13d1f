// A schedule in a line, with what is wrong under it, and its details when it is opened.

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";

import { Ago } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { State, type StateName } from "@/components/ui/state";
import { ValueView } from "@/components/values/value-view";
import { Remark } from "@/features/triggers/remark";
import { ScheduleDeeds, ScheduleSwitch } from "@/features/triggers/schedule-deeds";
import type { Schedule } from "@/lib/api/schedules";
import { wallTime } from "@/lib/cron-times";
import { counted } from "@/lib/format";

const COLUMNS = 5;

type LastOutcome = NonNullable<Schedule["last_outcome"]>;

const OUTCOMES: Record<LastOutcome, { state: StateName; word: string }> = {
  started: { state: "ok", word: "Started a run" },
  skipped: { state: "skipped", word: "Skipped, a run went on" },
  waiting: { state: "waiting", word: "Waits for the last run" },
  failed: { state: "failed", word: "Could not start" },
};

const OVERLAP_WORDS: Record<Schedule["overlap"], string> = {
  skip: "That time is skipped",
  queue: "One run starts afterwards",
  allow: "It starts beside it",
};

export function ScheduleRows({ schedule }: { schedule: Schedule }) {
  const navigate = useNavigate();
  const isOpen = useSearch({ strict: false }).schedule === schedule.id;
  const toggle = () =>
    void navigate({
      to: ".",
      replace: true,
      search: (old) => ({ ...old, schedule: isOpen ? undefined : schedule.id }),
    });
  return (
    <>
      <tr className={isOpen ? "is-selected" : ""}>
        <td className="w-2/5 max-w-0">
          <button
            type="button"
            className="row-link row w-full border-0 bg-transparent p-0 text-left"
            aria-expanded={isOpen}
            onClick={toggle}
          >
            <Icon of={ChevronRight} size={14} className={`text-text-3 ${isOpen ? "rotate-90" : ""}`} />
            <span className="truncate font-semibold">{schedule.name || schedule.graph_name}</span>
          </button>
          <div className="faint truncate pl-[22px] text-12">
            {schedule.description || schedule.cron}, {schedule.timezone}
          </div>
        </td>
        <td>
          <Next schedule={schedule} />
        </td>
        <td className="max-lg:hidden">
          <Last schedule={schedule} />
        </td>
        <td>
          <span className="over">
            <ScheduleSwitch schedule={schedule} />
          </span>
        </td>
        <td className="r">
          <span className="over">
            <ScheduleDeeds schedule={schedule} />
          </span>
        </td>
      </tr>
      {schedule.problem && <Remark problem={schedule.problem} columns={COLUMNS} />}
      {isOpen && (
        <tr className="detail">
          <td colSpan={COLUMNS}>
            <Details schedule={schedule} />
          </td>
        </tr>
      )}
    </>
  );
}

function Next({ schedule }: { schedule: Schedule }) {
  const [next] = schedule.next_times;
  if (!schedule.is_active) return <span className="faint">Off</span>;
  if (schedule.is_waiting) return <State state="waiting" word="When the last run has ended" />;
  if (next === undefined) return <span className="faint">Never</span>;
  return (
    <div>
      <div className="num">{wallTime(next, schedule.timezone)}</div>
      <div className="faint text-12">
        <Ago at={next} />
      </div>
    </div>
  );
}

function Last({ schedule }: { schedule: Schedule }) {
  const { last_outcome: outcome, last_at: at, last_run_id: runId, missed } = schedule;
  if (!outcome || !at) return <span className="faint">Not yet</span>;
  return (
    <div>
      <State {...OUTCOMES[outcome]} />
      <div className="faint row text-12">
        <Ago at={at} />
        {runId && (
          <Link to="/runs/$runId" params={{ runId }} className="over anchor">
            Open the run
          </Link>
        )}
        {missed > 0 && <span className="num">{counted(missed, "time")} missed</span>}
      </div>
    </div>
  );
}

function Details({ schedule }: { schedule: Schedule }) {
  const hasInputs = Object.keys(schedule.inputs).length > 0;
  return (
    <div className="grid gap-x-8 gap-y-3 lg:grid-cols-3">
      <section aria-label="Next times">
        <h2 className="mb-1 text-12">Next times</h2>
        <ol className="num grid gap-0.5 text-12">
          {schedule.next_times.map((at) => (
            <li key={at}>{wallTime(at, schedule.timezone)}</li>
          ))}
        </ol>
        {schedule.next_times.length === 0 && <p className="faint text-12">None while it is off</p>}
      </section>
      <dl className="kv content-start">
        <dt>Graph</dt>
        <dd className="text-left">
          <Link to="/graphs/$graphId" params={{ graphId: schedule.graph_id }} className="anchor">
            {schedule.graph_name}
          </Link>
        </dd>
        <dt>Expression</dt>
        <dd className="mono text-left">{schedule.cron}</dd>
        <dt>While a run goes on</dt>
        <dd className="text-left">{OVERLAP_WORDS[schedule.overlap]}</dd>
        <dt>Missed</dt>
        <dd className="num text-left">{counted(schedule.missed, "time")}</dd>
        <dt className="lg:hidden">Last</dt>
        <dd className="text-left lg:hidden">
          <Last schedule={schedule} />
        </dd>
      </dl>
      <section className="min-w-0" aria-label="Inputs">
        <h2 className="mb-1 text-12">Inputs of each run</h2>
        {hasInputs ? (
          <ValueView value={schedule.inputs} label="Inputs of each run" />
        ) : (
          <p className="faint text-12">None</p>
        )}
      </section>
    </div>
  );
}
