// A link drawn with the pointer: from a pin to a pin, to a block, or to the empty canvas.

import type { Connection, FinalConnectionState, IsValidConnection, OnConnectStart } from "@xyflow/react";
import { useLayoutEffect, useMemo, useRef } from "react";

import type { CanvasShared } from "@/components/canvas/canvas-context";
import type { Point } from "@/components/canvas/canvas-props";
import type { FlowLink } from "@/components/canvas/flow-types";
import { pinsOf } from "@/components/canvas/key-linking";
import { startLinking } from "@/components/canvas/linking";
import type { View } from "@/components/canvas/use-view";
import type { PinPlace } from "@/lib/graph/model";
import type { NodeView } from "@/lib/graph/view";

export function useDrawing({ linking, wishes }: CanvasShared, view: View, nodes: readonly NodeView[]) {
  const latest = useRef(nodes);
  useLayoutEffect(() => {
    latest.current = nodes;
  });
  return useMemo(() => {
    const onConnectStart: OnConnectStart = (_event, { nodeId, handleId, handleType }) => {
      if (nodeId === null || handleId === null) return;
      const side = handleType === "source" ? "output" : "input";
      startLinking(linking, { nodeId, side, pin: handleId }, "drag", wishes.canLink);
    };
    const isValidConnection: IsValidConnection<FlowLink> = (connection) => {
      const drawn = linking.get();
      const to = drawn && otherEnd(drawn.from, connection);
      return to ? drawn.refusal(to) === null : false;
    };
    const onConnect = (connection: Connection) => {
      const drawn = linking.get();
      const to = drawn && otherEnd(drawn.from, connection);
      if (to) wishes.link(drawn.from, to);
    };
    const onConnectEnd = (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      const drawn = linking.get();
      linking.set(null);
      if (drawn === null || end.isValid) return;
      const over = end.toHandle;
      const screen = pointOf(event);
      const below = document.elementFromPoint(screen.x, screen.y);
      if (over) {
        dropOn({
          nodeId: over.nodeId,
          side: over.type === "source" ? "output" : "input",
          pin: over.id ?? "",
        });
      } else if (below?.closest(".react-flow__node")) {
        dropOnNode(below.closest<HTMLElement>(".react-flow__node")?.dataset.id);
      } else if (below?.closest(".react-flow__pane, .react-flow__edges")) {
        wishes.dropOnCanvas(drawn.from, view.screenToFlow(screen), screen);
      }

      function dropOn(to: PinPlace): void {
        const refusal = drawn?.refusal(to);
        if (drawn && refusal) wishes.refused(drawn.from, to, refusal);
      }

      /** On a block beside its pins: the first of them that fits and is free, else the first that fits. */
      function dropOnNode(nodeId: string | undefined): void {
        const node = latest.current.find(({ id }) => id === nodeId);
        if (!drawn || !node || node.id === drawn.from.nodeId) return;
        const pins = pinsOf(node).filter(({ side }) => side !== drawn.from.side);
        const fitting = pins.filter((pin) => drawn.refusal(pin) === null);
        const free = fitting.find(({ side, pin }) => side === "output" || !isLinked(node, pin));
        const chosen = free ?? fitting[0];
        if (chosen) wishes.link(drawn.from, chosen);
        else if (pins[0]) dropOn(pins[0]);
      }
    };
    return { onConnectStart, isValidConnection, onConnect, onConnectEnd };
  }, [linking, wishes, view]);
}

function otherEnd(from: PinPlace, connection: Connection | FlowLink): PinPlace | null {
  const isSource = from.side === "output";
  const nodeId = isSource ? connection.target : connection.source;
  const pin = isSource ? connection.targetHandle : connection.sourceHandle;
  return pin ? { nodeId, side: isSource ? "input" : "output", pin } : null;
}

function isLinked(node: NodeView, input: string): boolean {
  return node.inputs.some(({ name, isLinked }) => name === input && isLinked);
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}
