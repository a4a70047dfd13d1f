// The pins of a block as one picture; what can be pressed lies over it (pin-handle.tsx). One picture, not one for each pin:
// panning paints them all.

import { useCanvas } from "@/components/canvas/canvas-context";
import { dropOfRow } from "@/components/canvas/geometry";
import { usePinFit } from "@/components/canvas/linking";
import { PIN_SHAPES } from "@/components/canvas/pin-shape";
import type { PinPlace } from "@/lib/graph/model";
import type { NodeView, PinView } from "@/lib/graph/view";

const SIZE = 13;
const DRAWN = 12;

export function PinMarks({ view, width }: { view: NodeView; width: number }) {
  return (
    <svg className="node__pins" aria-hidden="true">
      {view.inputs.map((pin, row) => (
        <PinMark key={`input ${pin.name}`} nodeId={view.id} side="input" pin={pin} x={0} row={row} />
      ))}
      {view.outputs.map((pin, row) => (
        <PinMark key={`output ${pin.name}`} nodeId={view.id} side="output" pin={pin} x={width} row={row} />
      ))}
    </svg>
  );
}

type PinMarkProps = { nodeId: string; side: PinPlace["side"]; pin: PinView; x: number; row: number };

function PinMark({ nodeId, side, pin, x, row }: PinMarkProps) {
  const fit = usePinFit(useCanvas().linking, { nodeId, side, pin: pin.name });
  const look = ["pin", `t-${pin.kind}`, !pin.isLinked && "pin--open", fit && `is-${fit}`];
  const corner = `translate(${x - SIZE / 2} ${dropOfRow(row) - SIZE / 2}) scale(${SIZE / DRAWN})`;
  return (
    <g transform={corner}>
      <g className={look.filter(Boolean).join(" ")}>{PIN_SHAPES[pin.kind]}</g>
    </g>
  );
}
