// What came to the block and what it gave in the run that is shown, firing by firing; before that, what is to be expected.

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";

import { useNodeRun } from "@/components/canvas/run-states";
import { WaitsFor } from "@/components/review/waits-for";
import { IconButton } from "@/components/ui/button";
import { Money } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import { Failed, Loading } from "@/components/ui/status";
import { ValueView } from "@/components/values/value-view";
import { PinnedData } from "@/features/builder/panel/pinned-data";
import { SchemaPreview } from "@/features/builder/panel/schema-preview";
import { TakenValues } from "@/features/builder/panel/taken-values";
import { useBuilderRun } from "@/features/builder/run/context";
import { useEditor } from "@/features/builder/state/context";
import { ApiError } from "@/lib/api/client";
import { type FiringDetails, type FiringStatus, firingQuery } from "@/lib/api/run";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import { count, duration } from "@/lib/format";
import { type NodePins, pinLabel } from "@/lib/graph/pins";
import type { NodeRun } from "@/lib/run/model";
import type { StateName } from "@/lib/states";

type RunTabProps = { node: Node; block: Block | undefined; pins: NodePins };

export function InputTab({ node, pins }: RunTabProps) {
  return (
    <FiringView node={node} empty={<SchemaPreview pins={pins.inputs} of="input" />}>
      {(details) => <TakenValues node={node} details={details} />}
    </FiringView>
  );
}

export function OutputTab({ node, pins }: RunTabProps) {
  if (node.pinned) {
    return (
      <div className="panel__body panel__body--scrolls">
        <PinnedData node={node} outputs={pins.outputs} />
      </div>
    );
  }
  return (
    <FiringView node={node} empty={<SchemaPreview pins={pins.outputs} of="output" mock={node} />}>
      {(details) => <Given node={node} details={details} />}
    </FiringView>
  );
}

type FiringViewProps = {
  node: Node;
  /** What stands there when the block has not fired. */
  empty: ReactNode;
  children: (details: FiringDetails) => ReactNode;
};

function FiringView({ node, empty, children }: FiringViewProps) {
  const { runId } = useBuilderRun();
  const nodeRun = useNodeRun(node.id);
  const [chosen, setChosen] = useState<number | null>(null);
  if (runId === null || !nodeRun || nodeRun.started === 0) {
    return <div className="panel__body panel__body--scrolls">{empty}</div>;
  }
  const last = nodeRun.error?.firing ?? nodeRun.started - 1;
  const firing = chosen !== null && chosen < nodeRun.started ? chosen : last;
  return (
    <div className="panel__body panel__body--scrolls">
      {nodeRun.started > 1 && <FiringBar nodeRun={nodeRun} firing={firing} onChoose={setChosen} />}
      <OneFiring key={firing} runId={runId} nodeId={node.id} firing={firing} nodeRun={nodeRun}>
        {children}
      </OneFiring>
    </div>
  );
}

type FiringBarProps = { nodeRun: NodeRun; firing: number; onChoose: (firing: number) => void };

function FiringBar({ nodeRun, firing, onChoose }: FiringBarProps) {
  return (
    <div className="row">
      <span className="num dim">
        Firing {count(firing + 1)} of {count(nodeRun.started)}
      </span>
      <span className="push row gap-0">
        <IconButton
          icon={ChevronLeft}
          size="small"
          label="Firing before"
          disabled={firing === 0}
          onClick={() => onChoose(firing - 1)}
        />
        <IconButton
          icon={ChevronRight}
          size="small"
          label="Firing after"
          disabled={firing + 1 >= nodeRun.started}
          onClick={() => onChoose(firing + 1)}
        />
      </span>
    </div>
  );
}

type OneFiringProps = {
  runId: string;
  nodeId: string;
  firing: number;
  nodeRun: NodeRun;
  children: (details: FiringDetails) => ReactNode;
};

const STATES: Record<FiringStatus, StateName> = {
  running: "running",
  waiting: "waiting",
  completed: "ok",
  failed: "failed",
  stopped: "stopped",
};

function OneFiring({ runId, nodeId, firing, nodeRun, children }: OneFiringProps) {
  const isStale = useEditor((state) => state.stale.has(nodeId));
  const query = firingQuery(runId, nodeId, firing);
  const isMoving = nodeRun.running + nodeRun.waiting > 0;
  const details = useQuery({
    ...query,
    queryKey: [...query.queryKey, nodeRun.completed + nodeRun.failed],
    refetchInterval: isMoving ? 1_500 : false,
    placeholderData: (before) => before,
  });
  if (!details.data) {
    const isNotYet = isMoving && details.error instanceof ApiError && details.error.status === 404;
    return details.error && !isNotYet ? (
      <Failed error={details.error} onRetry={() => void details.refetch()} />
    ) : (
      <Loading />
    );
  }
  const { status, duration_ms, cost, error } = details.data;
  return (
    <>
      <div className="row text-12">
        <State state={isStale && status === "completed" ? "stale" : STATES[status]} />
        <span className="push faint num row">
          {duration_ms !== null && <span>{duration(duration_ms)}</span>}
          {cost.usd_micros > 0 && <Money usdMicros={cost.usd_micros} />}
        </span>
      </div>
      {error && (
        <Notice kind="fail">
          {error.message} <span className="faint mono">{error.code}</span>
        </Notice>
      )}
      {children(details.data)}
    </>
  );
}

function Given({ node, details }: { node: Node; details: FiringDetails }) {
  const progress = useNodeRun(node.id)?.progress;
  const pins = Object.entries(details.outputs);
  const soFar = details.ended_at === null ? progress?.text : "";
  return (
    <>
      {details.waits_for && <WaitsFor details={details} waits={details.waits_for} />}
      {soFar && (
        <section className="grid gap-1">
          <h3 className="pinname">So far</h3>
          <ValueView value={soFar} label="So far" />
        </section>
      )}
      {pins.map(([pin, { values }]) => (
        <section key={pin} className="grid gap-1">
          <div className="row">
            <h3 className="pinname">{pinLabel(pin)}</h3>
            {values.length > 1 && (
              <span className="push faint num text-12">{count(values.length)} values, one by one</span>
            )}
          </div>
          {values.length > 1 ? (
            <ValueView value={values.map(({ value }) => value)} label={pinLabel(pin)} />
          ) : (
            values.map(({ seq, value }) => <ValueView key={seq} value={value} label={pinLabel(pin)} />)
          )}
        </section>
      ))}
      {details.has_more_outputs && <p className="faint text-12">The first values; open the run for all.</p>}
      {pins.length === 0 && !soFar && (
        <p className="faint">{details.ended_at === null ? "Nothing yet." : "It gave no value."}</p>
      )}
    </>
  );
}
