// What of the graph is in view, and how to bring something into it.

import { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useMemo } from "react";

import type { CanvasHandle, Point } from "@/components/canvas/canvas-props";
import type { FlowLink, FlowNode } from "@/components/canvas/flow-types";

export type View = Omit<CanvasHandle, "focus"> & {
  /** Only where a block is out of view, or too far away for its pins. */
  reveal: (nodeId: string, needsPins: boolean) => void;
  element: () => HTMLElement | null;
};

const SETTLE_MS = 240;
const PINS_FROM = 0.4;

export function useView(): View {
  const flow = useReactFlow<FlowNode, FlowLink>();
  const store = useStoreApi<FlowNode, FlowLink>();
  return useMemo(() => {
    const centreOn = (nodeId: string, duration: number, least: number) => {
      const node = flow.getInternalNode(nodeId);
      if (!node) return;
      const { x, y } = node.internals.positionAbsolute;
      const { width = 0, height = 0 } = node.measured;
      const zoom = Math.max(flow.getZoom(), least);
      void flow.setCenter(x + width / 2, y + height / 2, { zoom, duration });
    };
    const isInView = (nodeId: string) => {
      const node = flow.getInternalNode(nodeId);
      if (!node) return true;
      const { width, height, transform } = store.getState();
      const [left, top, zoom] = transform;
      const { x, y } = node.internals.positionAbsolute;
      const [right, bottom] = [x + (node.measured.width ?? 0), y + (node.measured.height ?? 0)];
      const isWide = x * zoom + left >= 0 && right * zoom + left <= width;
      return isWide && y * zoom + top >= 0 && bottom * zoom + top <= height;
    };
    return {
      fit: (ids) => {
        const nodes = ids ? { nodes: [...ids].map((id) => ({ id })) } : {};
        void flow.fitView({ ...nodes, ...FIT, duration: settleMs() });
      },
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: settleMs() }),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: settleMs() }),
      sizes: () =>
        new Map(
          flow.getNodes().map((node) => [
            node.id,
            {
              width: node.measured?.width ?? node.initialWidth ?? 0,
              height: node.measured?.height ?? node.initialHeight ?? 0,
            },
          ]),
        ),
      center: (nodeId) => centreOn(nodeId, settleMs(), 0),
      reveal: (nodeId, needsPins) => {
        const isFar = needsPins && flow.getZoom() < PINS_FROM;
        if (isFar || !isInView(nodeId)) centreOn(nodeId, 0, needsPins ? PINS_FROM : 0);
      },
      screenToFlow: (screen: Point) => flow.screenToFlowPosition(screen, { snapToGrid: false }),
      viewportCenter: () => {
        const { width, height, transform } = store.getState();
        const [left, top, zoom] = transform;
        return { x: (width / 2 - left) / zoom, y: (height / 2 - top) / zoom };
      },
      element: () => store.getState().domNode,
    };
  }, [flow, store]);
}

/** How a graph is brought into view: with room around it, never larger than it is. */
export const FIT = { padding: 0.12, maxZoom: 1 };

/** The zoom, 1 is 100 %: for what lies over the canvas. */
export function useZoom(): number {
  return useStore((state) => Math.round(state.transform[2] * 100) / 100);
}

function settleMs(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : SETTLE_MS;
}
