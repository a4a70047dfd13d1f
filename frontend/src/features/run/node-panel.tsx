// Beside the canvas: the chosen block in this run, firing by firing.

import { useQuery } from "@tanstack/react-query";
import { CircleDashed, X } from "lucide-react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { IconButton } from "@/components/ui/button";
import { STATE_WORDS, State } from "@/components/ui/state";
import { Empty, Failed, Loading } from "@/components/ui/status";
import { FiringChooser } from "@/features/run/firing-chooser";
import { FiringTabs } from "@/features/run/firing-tabs";
import { NodeFoot } from "@/features/run/node-foot";
import { type RanNode, useChosen, useScene, useTotals } from "@/features/run/run-context";
import { useSlowVersion } from "@/features/run/use-slow-version";
import { ApiError } from "@/lib/api/client";
import { firingQuery } from "@/lib/api/run";
import { isFinal } from "@/lib/states";

export function NodePanel({ node }: { node: RanNode }) {
  const { store } = useScene();
  const { view, passages, choose } = useChosen();
  useSlowVersion(store);
  const shown = view.node(node.id);
  const firing = useShownFiring(node.id);
  return (
    <aside className="panel" aria-label={node.name}>
      <div className="panel__head">
        <span className="node__icon panel__icon">
          <BlockIcon name={node.block?.icon ?? ""} provider={node.block?.provider ?? null} />
        </span>
        <div className="min-w-0">
          <h2 className="truncate">{node.name}</h2>
          <div className="faint truncate text-12">
            {node.block?.title ?? "A block that this server does not have"}
            {passages !== null && firing !== null && `, firing ${firing}`}
          </div>
        </div>
        <span className="push row">
          <State state={shown?.state ?? "idle"} isChip />
          <IconButton
            icon={X}
            label="Close"
            size="small"
            onClick={() => choose({ node: null, firing: null })}
          />
        </span>
      </div>
      {shown && shown.started > 1 && firing !== null && (
        <FiringChooser nodeId={node.id} firing={firing} counts={shown} />
      )}
      {firing === null ? <NeverFired node={node} /> : <FiringView node={node} firing={firing} />}
      <NodeFoot node={node} />
    </aside>
  );
}

/** The firing that is looked at: the chosen one, that of the chosen item, else the one that failed last, or the last. */
function useShownFiring(nodeId: string): number | null {
  const { store } = useScene();
  const { firing, passages } = useChosen();
  if (firing !== null) return firing;
  const passage = passages?.get(nodeId);
  if (passage?.kind === "gave") return passage.firing.firing;
  if (passage?.kind === "fired" || passage?.kind === "failed") return passage.firings[0]?.firing ?? null;
  if (passage?.kind === "missing") return null;
  const counted = store.node(nodeId);
  if (!counted || counted.started === 0) return null;
  const waiting =
    counted.waiting > 0 ? store.course.of(nodeId).findLast((one) => one?.state === "waiting") : undefined;
  return waiting?.firing ?? counted.error?.firing ?? counted.started - 1;
}

function FiringView({ node, firing }: { node: RanNode; firing: number }) {
  const { run, store } = useScene();
  const { status } = useTotals(store);
  const state = store.course.find(node.id, firing)?.state;
  const query = firingQuery(run.run_id, node.id, firing);
  const isMoving = !isFinal(status) && (state === undefined || state === "running" || state === "waiting");
  const details = useQuery({
    ...query,
    queryKey: [...query.queryKey, isMoving ? "moving" : "ended", state],
    refetchInterval: isMoving ? 1_500 : false,
    staleTime: isMoving ? 0 : Number.POSITIVE_INFINITY,
    placeholderData: (before) => (before?.firing === firing ? before : undefined),
  });
  if (details.data) return <FiringTabs node={node} details={details.data} />;
  return (
    <div className="panel__body overflow-auto">
      {details.error && !isNotYet(details.error, isMoving) ? (
        <Failed error={details.error} onRetry={() => void details.refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

/** A firing that has just begun may not be on disk. */
function isNotYet(error: unknown, isMoving: boolean): boolean {
  return isMoving && error instanceof ApiError && error.status === 404;
}

function NeverFired({ node }: { node: RanNode }) {
  const { store } = useScene();
  const { item, passages } = useChosen();
  const { status } = useTotals(store);
  const isMissed = item !== null && passages?.get(node.id)?.kind === "missing";
  const state = store.node(node.id)?.state ?? "idle";
  return (
    <div className="panel__body overflow-auto">
      <Empty
        icon={CircleDashed}
        title={
          isMissed
            ? `Item ${item.index} did not come here`
            : isFinal(status)
              ? "It did not run"
              : STATE_WORDS[state]
        }
      >
        {isMissed
          ? "It was lost on the way, or took another branch. Items shows where."
          : isFinal(status)
            ? "Not all the values that it needs came. Its links show which did."
            : "It runs as soon as all the values that it needs have come."}
      </Empty>
    </div>
  );
}
