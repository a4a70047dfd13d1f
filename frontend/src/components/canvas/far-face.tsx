// A block from far away: its title and state, large, and one stub on each side.

import type { NodeData } from "@/components/canvas/flow-types";
import { shownState } from "@/components/canvas/node-words";
import { useNodeState } from "@/components/canvas/run-states";
import { STATE_ICONS } from "@/components/ui/state";

const MOST = 27;

export function FarFace({ id, data }: { id: string; data: NodeData }) {
  const { view } = data;
  const state = shownState(view, useNodeState(id));
  const StateIcon = STATE_ICONS[state];
  return (
    <>
      <span className={`pin-stub target ${hidden(view.inputs.length)}`} data-handlepos="left" />
      <span className="node__title">{cut(view.title)}</span>
      {state !== "idle" && (
        <span className={`state s-${state}`}>
          <StateIcon aria-hidden className={`i `} />
        </span>
      )}
      <span
        className={`pin-stub pin-stub--out source ${hidden(view.outputs.length)}`}
        data-handlepos="right"
      />
    </>
  );
}

/** What fits on three lines; a box that cuts by itself would cost a layer for each block. */
function cut(title: string): string {
  return title.length > MOST ? `${title.slice(0, MOST - 1)}…` : title;
}

function hidden(pins: number): string {
  return pins === 0 ? "invisible" : "";
}
