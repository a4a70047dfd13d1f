// What the pointer does on the canvas besides moving and linking: menus, what it is over, links pressed, the graph panned.

import { useStoreApi } from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, type RefObject, useCallback, useMemo } from "react";

import type { CanvasShared } from "@/components/canvas/canvas-context";
import type { Point } from "@/components/canvas/canvas-props";
import type { FlowLink, FlowNode } from "@/components/canvas/flow-types";
import type { Hover } from "@/components/canvas/hover-bars";

export function useMenus({ wishes }: CanvasShared) {
  return useMemo(() => {
    const at = (event: ReactMouseEvent | MouseEvent): Point => {
      event.preventDefault();
      return { x: event.clientX, y: event.clientY };
    };
    return {
      onNodeContextMenu: (event: ReactMouseEvent, { id }: FlowNode) => wishes.nodeMenu(id, at(event)),
      onPaneContextMenu: (event: ReactMouseEvent | MouseEvent) => wishes.nodeMenu(null, at(event)),
      onEdgeContextMenu: (event: ReactMouseEvent, { id }: FlowLink) => wishes.linkMenu(id, at(event)),
    };
  }, [wishes]);
}

export function usePointing(node: Hover, link: Hover) {
  return useMemo(
    () => ({
      onNodeMouseEnter: (_event: ReactMouseEvent, { id, type }: FlowNode) => {
        if (type === "block") node.show(id);
      },
      onNodeMouseLeave: node.hideSoon,
      onEdgeMouseEnter: (_event: ReactMouseEvent, { id }: FlowLink) => link.show(id),
      onEdgeMouseLeave: link.hideSoon,
    }),
    [node, link],
  );
}

/** Marks the canvas while it is panned or zoomed, past React: nothing is drawn anew for it. */
export function usePanning(element: RefObject<HTMLDivElement | null>) {
  return useMemo(() => {
    const mark = (isPanning: boolean) => element.current?.classList.toggle("is-panning", isPanning);
    return { onMoveStart: () => mark(true), onMoveEnd: () => mark(false) };
  }, [element]);
}

/** What was selected by a box is dragged by any of its blocks; React Flow's own frame around them is not needed. */
export function useAfterBox(): () => void {
  const store = useStoreApi();
  return useCallback(() => {
    queueMicrotask(() => store.setState({ nodesSelectionActive: false }));
  }, [store]);
}

/** A press selects a link; with Shift, Ctrl or Meta it is added or taken away. */
export function useLinkPress(selection: ReadonlySet<string>, { wishes }: CanvasShared) {
  return useCallback(
    (event: ReactMouseEvent, { id }: FlowLink) => {
      const isAdding = event.shiftKey || event.ctrlKey || event.metaKey;
      const others = [...selection].filter((other) => other !== id);
      wishes.select(new Set(isAdding ? (selection.has(id) ? others : [...others, id]) : [id]));
    },
    [selection, wishes],
  );
}
