// When a firing worked, waited and tried again, and for which item.

import { Money } from "@/components/ui/figures";
import { State } from "@/components/ui/state";
import { FIRING_STATES } from "@/features/run/firing-chooser";
import { type RanNode, useCourse, useScene } from "@/features/run/run-context";
import type { FiringDetails } from "@/lib/api/run";
import { clock, duration, moment } from "@/lib/format";

export function FiringTries({ node, details }: { node: RanNode; details: FiringDetails }) {
  const { nameOf } = useScene();
  const { log, course } = useCourse();
  const firing = course.find(node.id, details.firing);
  const retries = log.filter(
    (event) => event.kind === "retried" && event.node_id === node.id && event.firing === details.firing,
  );
  return (
    <>
      <dl className="kv">
        <dt>Began</dt>
        <dd className="num" title={moment(details.started_at)}>
          {clock(details.started_at)}
        </dd>
        {details.ended_at && (
          <>
            <dt>Ended</dt>
            <dd className="num" title={moment(details.ended_at)}>
              {clock(details.ended_at)}
            </dd>
          </>
        )}
        {details.duration_ms !== null && (
          <>
            <dt>Took</dt>
            <dd className="num">{duration(details.duration_ms)}</dd>
          </>
        )}
        <dt>Cost</dt>
        <dd>
          <Money usdMicros={details.cost.usd_micros} />
        </dd>
        {details.item.length > 0 && (
          <>
            <dt>Item</dt>
            <dd>{details.item.map(({ node_id, index }) => `${index} of ${nameOf(node_id)}`).join(", ")}</dd>
          </>
        )}
        {firing?.isReused && (
          <>
            <dt>Result</dt>
            <dd>Taken over from another run</dd>
          </>
        )}
      </dl>
      <ol className="border-line grid gap-2 border-t pt-3.5">
        {retries.map((event, place) => (
          <li key={event.seq ?? place} className="grid gap-0.5 text-12">
            <span className="row">
              <State state="failed" word={`Try ${place + 1} failed`} />
              <span className="push faint num">{clock(event.at)}</span>
            </span>
            <span className="dim">{String(event.data.message ?? "")}</span>
            <span className="faint num">Waited {duration(Number(event.data.pause_s ?? 0) * 1_000)}</span>
          </li>
        ))}
        <li className="row text-12">
          <span>Try {details.attempts}</span>
          <State state={FIRING_STATES[details.status]} />
        </li>
      </ol>
    </>
  );
}
