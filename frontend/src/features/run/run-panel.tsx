// Beside the canvas when no block is chosen: what the run was given, what it came to, what went wrong.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Inbox, SkipForward } from "lucide-react";

import { CopyButton } from "@/components/ui/copy";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { runState, State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { ValueView } from "@/components/values/value-view";
import { useChosen, useScene, useTotals } from "@/features/run/run-context";
import { useSlowVersion } from "@/features/run/use-slow-version";
import { childRunsQuery } from "@/lib/api/run";
import type { RunDetails, RunError } from "@/lib/autogpt-server-api/types";
import { count, counted, duration } from "@/lib/format";
import { pinLabel } from "@/lib/graph/pins";
import { runName } from "@/lib/run/name";
import { isFinal } from "@/lib/states";

export function RunPanel() {
  const { run, store } = useScene();
  const { status } = useTotals(store);
  return (
    <aside className="panel" aria-label="This run">
      <div className="panel__head">
        <h2>This run</h2>
        <span className="push">
          <State state={runState(status)} isChip />
        </span>
      </div>
      <div className="panel__body overflow-auto">
        <Waiting />
        <Errors run={run} />
        <Answer answer={run.answer} />
        <Values
          title="Outputs"
          values={run.outputs}
          none={isFinal(run.status) ? "It gave nothing back." : "Nothing yet."}
        />
        {run.has_more_outputs && (
          <p className="faint text-12">These are the first. The output blocks have all of them.</p>
        )}
        <Values title="Inputs" values={wrapped(run.inputs)} none="It was given nothing." />
        <Leftovers run={run} />
        <NeverFired run={run} />
        {run.child_runs > 0 && <Children />}
        <Facts run={run} />
      </div>
    </aside>
  );
}

/** Blocks that wait, so that one finds what is asked. */
function Waiting() {
  const { store, nodes } = useScene();
  const { choose } = useChosen();
  useSlowVersion(store);
  const waiting = nodes.filter(({ id }) => store.node(id)?.state === "waiting");
  if (waiting.length === 0) return null;
  return (
    <Notice kind="wait">
      <b>Waiting at</b>{" "}
      {waiting.map(({ id, name }, place) => (
        <span key={id}>
          {place > 0 && ", "}
          <button type="button" className="anchor linkbtn" onClick={() => choose({ node: id, firing: null })}>
            {name}
          </button>
        </span>
      ))}
    </Notice>
  );
}

function Errors({ run }: { run: RunDetails }) {
  if (run.errors.length === 0) return null;
  const hidden = run.error_count - run.errors.length;
  return (
    <section className="grid gap-2">
      {run.errors.map((error) => (
        <OneError key={`${error.node_id} ${error.firing}`} error={error} />
      ))}
      {hidden > 0 && (
        <p className="faint num text-12">
          and {count(hidden)} more; the blocks that failed have all of them.
        </p>
      )}
    </section>
  );
}

function OneError({ error }: { error: RunError }) {
  const { nameOf } = useScene();
  const { choose } = useChosen();
  const nodeId = error.node_id;
  return (
    <Notice kind="fail">
      {nodeId && (
        <button
          type="button"
          className="anchor linkbtn"
          onClick={() => choose({ node: nodeId, firing: error.firing ?? null, item: null })}
        >
          {nameOf(nodeId)}
          {error.item && error.item.length > 0 && `, item ${error.item.join(".")}`}
        </button>
      )}
      <p>{error.message}</p>
    </Notice>
  );
}

function Answer({ answer }: { answer: RunDetails["answer"] }) {
  if (!answer) return null;
  return (
    <section className="grid gap-1">
      <div className="row">
        <h3>Answer to the caller</h3>
        <span className="push num text-12">{answer.status}</span>
      </div>
      <ValueView value={answer.body} label="Answer to the caller" />
    </section>
  );
}

type ValuesProps = { title: string; values: Record<string, unknown[]>; none: string };

function Values({ title, values, none }: ValuesProps) {
  const named = Object.entries(values);
  return (
    <section className="grid gap-2">
      <h3>{title}</h3>
      {named.length === 0 && <p className="faint text-12">{none}</p>}
      {named.map(([name, all]) => (
        <section key={name} className="grid gap-1">
          <h4 className="pinname">{name}</h4>
          <ValueView value={all.length === 1 ? all[0] : all} label={name} />
        </section>
      ))}
    </section>
  );
}

function wrapped(inputs: Record<string, unknown>): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, [value]]));
}

function Leftovers({ run }: { run: RunDetails }) {
  const { nameOf } = useScene();
  if (run.leftovers.length === 0) return null;
  const sum = run.leftovers.reduce((all, leftover) => all + leftover.count, 0);
  return (
    <Notice icon={Inbox}>
      <b>
        {counted(sum, "value")} {sum === 1 ? "was" : "were"} never used.
      </b>
      <ul>
        {run.leftovers.slice(0, 10).map(({ node_id, pin, count: times }) => (
          <li key={`${node_id} ${pin}`}>
            {nameOf(node_id)} got {pinLabel(pin)} {times > 1 && `(${times}) `}without what belongs to it.
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function NeverFired({ run }: { run: RunDetails }) {
  const { nameOf } = useScene();
  const { choose } = useChosen();
  if (run.never_fired.length === 0) return null;
  return (
    <Notice icon={SkipForward}>
      <b>{counted(run.never_fired.length, "block")} did not run:</b>{" "}
      {run.never_fired.slice(0, 20).map((nodeId, place) => (
        <span key={nodeId}>
          {place > 0 && ", "}
          <button
            type="button"
            className="anchor linkbtn"
            onClick={() => choose({ node: nodeId, firing: null })}
          >
            {nameOf(nodeId)}
          </button>
        </span>
      ))}
    </Notice>
  );
}

function Children() {
  const { run, nameOf } = useScene();
  const children = useQuery(childRunsQuery(run.run_id));
  return (
    <section className="grid gap-2">
      <h3>Runs that it started</h3>
      <Loads query={children} rows={2}>
        {(runs) => (
          <ul className="grid gap-1">
            {runs.map((child) => (
              <li key={child.run_id} className="row text-12">
                <State state={runState(child.status)} word="" />
                <Link to="/runs/$runId" params={{ runId: child.run_id }} className="anchor truncate">
                  {child.graph_name ?? runName(child.run_id)}
                </Link>
                <span className="faint truncate">
                  {child.parent_node_id ? nameOf(child.parent_node_id) : ""}
                </span>
                <span className="push faint num">
                  {child.duration_ms === null ? "" : duration(child.duration_ms)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loads>
    </section>
  );
}

function Facts({ run }: { run: RunDetails }) {
  return (
    <dl className="kv border-line border-t pt-3.5">
      <dt>Run</dt>
      <dd className="row justify-end">
        <span className="mono truncate">{run.run_id}</span>
        <CopyButton text={run.run_id} label="Copy the run's id" />
      </dd>
      <dt>Accepted</dt>
      <dd>
        <Ago at={run.created_at} />
      </dd>
      {run.labels && run.labels.length > 0 && (
        <>
          <dt>Labels</dt>
          <dd className="row flex-wrap justify-end">
            {run.labels.map((label) => (
              <span key={label} className="tag">
                {label}
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}
