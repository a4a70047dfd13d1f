// What of a pin can be pressed: links begin and end here, by dragging, by two presses, or by keys.

import { Handle, Position } from "@xyflow/react";
import { type MouseEvent, memo } from "react";

import { useCanvas } from "@/components/canvas/canvas-context";
import { dropOfRow, HIT } from "@/components/canvas/geometry";
import { usePinFit } from "@/components/canvas/linking";
import { KIND_WORDS } from "@/components/canvas/pin-shape";
import { usePressPin } from "@/components/canvas/use-press-pin";
import type { PinPlace } from "@/lib/graph/model";
import type { PinView } from "@/lib/graph/view";

type PinHandleProps = { nodeId: string; side: PinPlace["side"]; pin: PinView; row: number };

export const PinHandle = memo(function PinHandle({ nodeId, side, pin, row }: PinHandleProps) {
  const { mode, linking } = useCanvas();
  const place: PinPlace = { nodeId, side, pin: pin.name };
  const fit = usePinFit(linking, place);
  const press = usePressPin();
  const onClick = (event: MouseEvent) => {
    event.stopPropagation();
    if (mode === "edit") press(place);
  };
  const isOutput = side === "output";
  return (
    <Handle
      id={pin.name}
      type={isOutput ? "source" : "target"}
      position={isOutput ? Position.Right : Position.Left}
      isConnectable={mode === "edit"}
      className={`pin-area t-${pin.kind} ${fit ? `is-${fit}` : ""}`}
      style={{ top: dropOfRow(row) - HIT / 2 }}
      role={mode === "edit" ? "button" : "img"}
      tabIndex={-1}
      aria-label={spoken(pin, side)}
      data-tip={pin.label}
      data-tip-kind={KIND_WORDS[pin.kind]}
      data-tip-about={pin.description}
      onClick={onClick}
    />
  );
});

function spoken(pin: PinView, side: PinPlace["side"]): string {
  const state = pin.isLinked ? "linked" : pin.isMissing ? "required, empty" : "free";
  return `${side === "input" ? "Input" : "Output"} ${pin.label}, ${KIND_WORDS[pin.kind]}, ${state}`;
}
