// The edge of the panel: dragged by the mouse, moved by the arrow keys.

import type { KeyboardEvent, PointerEvent } from "react";

import { NARROWEST, USUAL, WIDEST } from "@/features/builder/panel/use-panel-width";

const STEP = 16;

export function Resizer({ width, setWidth }: { width: number; setWidth: (width: number) => void }) {
  const drag = (down: PointerEvent<HTMLDivElement>) => {
    const edge = down.currentTarget;
    const [startX, startWidth] = [down.clientX, width];
    edge.setPointerCapture(down.pointerId);
    const onMove = (move: globalThis.PointerEvent) => setWidth(startWidth + startX - move.clientX);
    const onEnd = () => {
      edge.removeEventListener("pointermove", onMove);
      edge.removeEventListener("pointerup", onEnd);
      edge.removeEventListener("pointercancel", onEnd);
    };
    edge.addEventListener("pointermove", onMove);
    edge.addEventListener("pointerup", onEnd);
    edge.addEventListener("pointercancel", onEnd);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") setWidth(width + STEP);
    else if (event.key === "ArrowRight") setWidth(width - STEP);
    else if (event.key === "Home") setWidth(NARROWEST);
    else if (event.key === "End") setWidth(WIDEST);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved has no element of its own
    <div
      role="separator"
      tabIndex={0}
      className="panel__edge"
      aria-label="Width of the panel"
      aria-orientation="vertical"
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={width}
      onPointerDown={drag}
      onDoubleClick={() => setWidth(USUAL)}
      onKeyDown={onKey}
    />
  );
}
