// The foot of a block: state, time, cost; while it runs, a thin line of how far it is.

import { Ban } from "lucide-react";
import { useLevel } from "@/components/canvas/canvas-context";
import type { Typical } from "@/components/canvas/canvas-props";
import { footOf } from "@/components/canvas/node-words";
import { useNodeRun } from "@/components/canvas/run-states";
import { Words } from "@/components/canvas/words";
import { Icon } from "@/components/ui/icon";
import { STATE_ICONS } from "@/components/ui/state";
import type { NodeView } from "@/lib/graph/view";

type NodeFootProps = { id: string; view: NodeView; typical: Typical | undefined; width: number };

/** What of a foot is not words. */
const REST = 58;
const LETTER = 6.1;

export function NodeFoot({ id, view, typical, width }: NodeFootProps) {
  const isNear = useLevel() === "near";
  const { state, word, time, cost, share } = footOf(view, useNodeRun(id), typical);
  const icon = state === "idle" && (view.isDisabled || view.kind === "missing") ? Ban : STATE_ICONS[state];
  return (
    <div className="node__foot">
      <span className={`state s-${state} min-w-0`}>
        <Icon of={icon} size={14} className={state === "running" ? "spin" : ""} />
        <Words text={word} room={width - REST - (time.length + cost.length) * LETTER} letter={LETTER} />
      </span>
      {time && <span className="push num">{time}</span>}
      {cost && isNear && <span className={`num ${time ? "" : "push"}`}>{cost}</span>}
      {share !== null && <span className="node__run" style={{ transform: `scaleX(${share})` }} />}
    </div>
  );
}
