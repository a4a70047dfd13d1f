// A block: what it is, its pins, how it is. Its size and place are the same in every state.

import type { NodeProps } from "@xyflow/react";
import { Pin, TriangleAlert } from "lucide-react";
import { memo } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { useCanvas, useLevel } from "@/components/canvas/canvas-context";
import { FarFace } from "@/components/canvas/far-face";
import type { FlowNode, NodeData } from "@/components/canvas/flow-types";
import { NodeFoot } from "@/components/canvas/node-foot";
import { shownState } from "@/components/canvas/node-words";
import { PinHandle } from "@/components/canvas/pin-handle";
import { PinMarks } from "@/components/canvas/pin-marks";
import { useNodeState } from "@/components/canvas/run-states";
import { SpokenName } from "@/components/canvas/spoken-name";
import { Words } from "@/components/canvas/words";
import { Icon } from "@/components/ui/icon";
import { counted } from "@/lib/format";
import type { NodeKind, NodeView, PinView } from "@/lib/graph/view";

export const BlockNode = memo(BlockNodeFace, (before, after) => {
  return before.data === after.data && before.selected === after.selected;
});

/** What of a head and a row is not words. */
const HEAD_REST = 56;
const ROW_REST = 36;
const LETTER = 6.4;

const KIND_CLASSES: Partial<Record<NodeKind, string>> = {
  trigger: "node--trigger",
  graph: "node--agent",
  missing: "node--missing",
};

function BlockNodeFace({ id, data, selected }: NodeProps<FlowNode>) {
  const { view } = data;
  const isFar = useLevel() === "far";
  const state = shownState(view, useNodeState(id));
  const look = [
    "node",
    `s-${state}`,
    KIND_CLASSES[view.kind] ?? "",
    selected ? "is-selected" : "",
    view.isDisabled ? "is-disabled" : "",
    isFar ? "node--far" : "",
  ];
  return (
    <div className={look.filter(Boolean).join(" ")}>
      {isFar ? (
        <FarFace id={id} data={data} />
      ) : (
        <NearFace id={id} data={data} isPinnedMarked={state !== "pinned"} />
      )}
      {data.problems > 0 && <ProblemBadge count={data.problems} />}
      <SpokenName id={id} data={data} />
    </div>
  );
}

type NearFaceProps = { id: string; data: NodeData; isPinnedMarked: boolean };

function NearFace({ id, data, isPinnedMarked }: NearFaceProps) {
  const { view, size } = data;
  const rows = Math.max(view.inputs.length, view.outputs.length);
  const room = size.width - HEAD_REST;
  return (
    <>
      <div className="node__head">
        <span className="node__icon">
          <BlockIcon name={view.icon} provider={view.provider} />
        </span>
        <div className="min-w-0 flex-1">
          <Words className="node__title" text={view.title} room={room} letter={7.2} />
          {view.sub && <Words className="node__sub" text={view.sub} room={room} letter={6} />}
        </div>
        {view.isPinned && isPinnedMarked && <Icon of={Pin} size={14} className="text-pinned" />}
      </div>
      {(rows > 0 || view.more > 0) && (
        <div className="node__rows">
          {Array.from({ length: rows }, (_, row) => (
            <PinRow
              key={`${view.inputs[row]?.name ?? ""} ${view.outputs[row]?.name ?? ""}`}
              width={size.width}
              input={view.inputs[row]}
              output={view.outputs[row]}
            />
          ))}
          {view.more > 0 && <MoreRow view={view} />}
        </div>
      )}
      <NodeFoot id={id} view={view} typical={data.typical} width={size.width} />
      <PinMarks view={view} width={size.width} />
      <Pins view={view} />
    </>
  );
}

function Pins({ view }: { view: NodeView }) {
  return (
    <>
      {view.inputs.map((pin, row) => (
        <PinHandle key={`input ${pin.name}`} nodeId={view.id} side="input" pin={pin} row={row} />
      ))}
      {view.outputs.map((pin, row) => (
        <PinHandle key={`output ${pin.name}`} nodeId={view.id} side="output" pin={pin} row={row} />
      ))}
      {view.inputs.length === 0 && <span className="node__anchor target" data-handlepos="left" />}
      {view.outputs.length === 0 && <span className="node__anchor source" data-handlepos="right" />}
    </>
  );
}

type PinRowProps = { width: number; input: PinView | undefined; output: PinView | undefined };

function PinRow({ width, input, output }: PinRowProps) {
  const right = (output?.label.length ?? 0) * LETTER;
  const room = width - ROW_REST;
  const left = Math.max(room * 0.4, room - right);
  const beside = input?.isMissing ? "required" : (input?.constant ?? "");
  return (
    <div className="node__row">
      <span className="node__in">
        <Words text={input?.label ?? ""} room={left - beside.length * LETTER} letter={LETTER} />
        {input?.isMissing && <span className="node__needed">{beside}</span>}
        {input?.constant && (
          <Words
            className="node__const"
            text={beside}
            room={left - input.label.length * LETTER}
            letter={6.7}
          />
        )}
      </span>
      <Words className="node__out" text={output?.label ?? ""} room={room * 0.6} letter={LETTER} />
    </div>
  );
}

/** The keyboard opens the panel from the block itself. */
function MoreRow({ view }: { view: NodeView }) {
  const { wishes } = useCanvas();
  return (
    <div className="node__row">
      <button type="button" className="node__more nodrag" tabIndex={-1} onClick={() => wishes.open(view.id)}>
        {view.more} more
      </button>
    </div>
  );
}

function ProblemBadge({ count }: { count: number }) {
  return (
    <span className="node__problems s-failed" title={counted(count, "problem")}>
      <Icon of={TriangleAlert} size={12} />
      {count}
    </span>
  );
}
