// A panel that opens beside the canvas must not cover the block that it is about.

import { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";

import type { FlowLink, FlowNode } from "@/components/canvas/flow-types";

/** Between the block and the edge of the canvas, in pixels of the screen. */
const MARGIN = 24;
/** Of a block that was never drawn. */
const USUAL = { width: 208, height: 150 };

/** Where the canvas becomes narrower, the only chosen block is moved back into view, and no further than that. */
export function useStayInView(selection: ReadonlySet<string>): void {
  const flow = useReactFlow<FlowNode, FlowLink>();
  const store = useStoreApi<FlowNode, FlowLink>();
  const width = useStore((state) => state.width);
  const widthBefore = useRef(width);
  const chosen = useRef(selection);
  useEffect(() => {
    chosen.current = selection;
  }, [selection]);
  useEffect(() => {
    const isNarrower = width > 0 && width < widthBefore.current;
    widthBefore.current = width;
    const [id] = chosen.current;
    const node = id !== undefined && chosen.current.size === 1 ? flow.getInternalNode(id) : undefined;
    if (!isNarrower || !node) return;
    const { height, transform } = store.getState();
    const [left, top, zoom] = transform;
    const { x, y } = node.internals.positionAbsolute;
    const across = shift(x * zoom + left, (node.measured.width ?? USUAL.width) * zoom, width);
    const down = shift(y * zoom + top, (node.measured.height ?? USUAL.height) * zoom, height);
    if (across !== 0 || down !== 0) void flow.setViewport({ x: left + across, y: top + down, zoom });
  }, [width, flow, store]);
}

/** How far something that begins at `from` must move to lie between 0 and `room`; its beginning counts most. */
export function shift(from: number, length: number, room: number): number {
  const beyond = Math.min(0, room - MARGIN - (from + length));
  const moved = from + beyond;
  return beyond + Math.max(0, MARGIN - moved);
}
