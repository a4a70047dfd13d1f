// The link that is being drawn, and why it would be refused.

import { type ConnectionLineComponentProps, useConnection, useStoreApi, ViewportPortal } from "@xyflow/react";
import { CircleX } from "lucide-react";
import { useCanvas } from "@/components/canvas/canvas-context";
import type { Point } from "@/components/canvas/canvas-props";
import { useCell } from "@/components/canvas/cell";
import type { FlowLink, FlowNode } from "@/components/canvas/flow-types";
import { pinDrop } from "@/components/canvas/geometry";
import { Icon } from "@/components/ui/icon";
import type { PinPlace } from "@/lib/graph/model";
import { routeOne } from "@/lib/graph/route";

/** While it is dragged. */
export function DrawnLink({
  fromX,
  fromY,
  toX,
  toY,
  fromHandle,
  connectionStatus,
}: ConnectionLineComponentProps<FlowNode>) {
  const [pin, pointer] = [
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ];
  const route = fromHandle.type === "source" ? routeOne(pin, pointer) : routeOne(pointer, pin);
  const look = connectionStatus === "invalid" ? "link--refused" : "link--drawn";
  return <path className={`link ${look}`} d={route.path} />;
}

/** While it is drawn by keys: to the pin that they have come to. */
export function AimedLink() {
  const drawn = useCell(useCanvas().linking);
  const store = useStoreApi<FlowNode, FlowLink>();
  if (!drawn?.aim) return null;
  const pointOf = ({ nodeId, side, pin }: PinPlace): Point | null => {
    const node = store.getState().nodeLookup.get(nodeId);
    if (!node) return null;
    const { x, y } = node.internals.positionAbsolute;
    const { view, size } = node.data;
    return { x: x + (side === "output" ? size.width : 0), y: y + pinDrop(view, side, pin) };
  };
  const [source, sink] = drawn.from.side === "output" ? [drawn.from, drawn.aim] : [drawn.aim, drawn.from];
  const [from, to] = [pointOf(source), pointOf(sink)];
  if (!from || !to) return null;
  return (
    <ViewportPortal>
      <svg className="links" aria-hidden="true">
        <path className="link link--drawn" d={routeOne(from, to).path} />
      </svg>
    </ViewportPortal>
  );
}

/** Beside the pointer, over a pin that does not fit. */
export function RefusalHint() {
  const { linking } = useCanvas();
  const over = useConnection((connection) =>
    connection.inProgress && connection.isValid === false && connection.toHandle
      ? { handle: connection.toHandle, at: connection.pointer }
      : null,
  );
  if (!over) return null;
  const { nodeId, type, id } = over.handle;
  const to: PinPlace = { nodeId, side: type === "source" ? "output" : "input", pin: id ?? "" };
  const refusal = linking.get()?.refusal(to);
  if (!refusal) return null;
  return (
    <div className="bead bead--fail bead--hint" style={{ left: over.at.x, top: over.at.y }}>
      <Icon of={CircleX} size={12} />
      {refusal.why}
    </div>
  );
}
