// What a firing gave, pin by pin, what it says while it works, and the runs that it started.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { ValueView } from "@/components/values/value-view";
import { Unused } from "@/features/run/firing-error";
import { type RanNode, useCourse, useScene } from "@/features/run/run-context";
import { type FiringDetails, type GivenValue, givenPagesQuery } from "@/lib/api/run";
import { count } from "@/lib/format";
import { pinLabel } from "@/lib/graph/pins";
import { runName } from "@/lib/run/name";

/** One value under another up to here; more of them are one list. */
const APART = 3;

export function FiringOutputs({ node, details }: { node: RanNode; details: FiringDetails }) {
  const { store } = useScene();
  const pins = Object.entries(details.outputs);
  const progress = details.ended_at === null ? store.node(node.id)?.progress : null;
  return (
    <>
      {progress?.text && (
        <section className="grid gap-1">
          <h3 className="pinname">So far</h3>
          <ValueView value={progress.text} label="So far" />
        </section>
      )}
      {pins.map(([pin, { values }]) => (
        <Given key={pin} node={node} details={details} pin={pin} first={values} />
      ))}
      {pins.length === 0 && !progress?.text && (
        <p className="faint">
          {details.error
            ? "It failed before it gave anything."
            : details.ended_at === null
              ? "Nothing yet."
              : "It gave nothing on."}
        </p>
      )}
      <Children ids={details.child_run_ids} />
      <Log node={node} firing={details.firing} />
      <Unused nodeId={node.id} />
    </>
  );
}

type GivenProps = { node: RanNode; details: FiringDetails; pin: string; first: readonly GivenValue[] };

function Given({ node, details, pin, first }: GivenProps) {
  const { run } = useScene();
  const pages = useInfiniteQuery({
    ...givenPagesQuery(run.run_id, node.id, pin, details.firing),
    enabled: false,
  });
  const values = pages.data ? pages.data.pages.flatMap(({ items }) => items) : first;
  const hasMore = pages.data ? pages.hasNextPage : details.has_more_outputs;
  const label = pinLabel(pin);
  return (
    <section className="grid gap-1">
      <div className="row">
        <h3 className="pinname">{label}</h3>
        {values.length > 1 && (
          <span className="push faint num text-12">
            {count(values.length)} values{hasMore && " and more"}
          </span>
        )}
      </div>
      {values.length <= APART ? (
        values.map(({ seq, value }) => <ValueView key={seq} value={value} label={label} />)
      ) : (
        <ValueView value={values.map(({ value }) => value)} label={label} />
      )}
      {hasMore && (
        <div>
          <Button
            size="small"
            isBusy={pages.isFetching}
            onClick={() => void (pages.data ? pages.fetchNextPage() : pages.refetch())}
          >
            Show more values
          </Button>
        </div>
      )}
    </section>
  );
}

function Children({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <section className="border-line grid gap-1 border-t pt-3.5">
      <h3>Runs that it started</h3>
      <ul className="grid gap-1">
        {ids.map((runId) => (
          <li key={runId}>
            <Link to="/runs/$runId" params={{ runId }} className="anchor">
              {runName(runId)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What it said while this page watched; nobody keeps it. */
function Log({ node, firing }: { node: RanNode; firing: number }) {
  const { log } = useCourse();
  const lines = log
    .filter((event) => event.kind === "log" && event.node_id === node.id && event.firing === firing)
    .map((event) => String(event.data.text ?? ""));
  if (lines.length === 0) return null;
  return (
    <section className="grid gap-1">
      <h3 className="pinname">Log</h3>
      <ValueView value={lines.join("\n")} label="Log" />
    </section>
  );
}
