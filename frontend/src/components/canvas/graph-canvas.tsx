// A graph on a canvas: the builder composes on it, a run is looked at on it.

import {
  Background,
  type EdgeChange,
  type EdgeTypes,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useStore,
} from "@xyflow/react";
import {
  type MouseEvent as ReactMouseEvent,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";

import { BlockNode } from "@/components/canvas/block-node";
import {
  CanvasContext,
  type CanvasShared,
  LevelContext,
  levelOf,
  useWishes,
} from "@/components/canvas/canvas-context";
import { focusNode } from "@/components/canvas/canvas-focus";
import type { CanvasProps } from "@/components/canvas/canvas-props";
import { createCell, useCell } from "@/components/canvas/cell";
import { AimedLink, DrawnLink, RefusalHint } from "@/components/canvas/drawn-link";
import { flowLinksMaker } from "@/components/canvas/flow-links";
import { flowNodesMaker } from "@/components/canvas/flow-nodes";
import type { FlowLink, FlowNode } from "@/components/canvas/flow-types";
import { GRID, nodeBox } from "@/components/canvas/geometry";
import { LinkBar, NodeBar, useHover } from "@/components/canvas/hover-bars";
import { LinkEdge } from "@/components/canvas/link-edge";
import { createLinking } from "@/components/canvas/linking";
import { graphOrder } from "@/components/canvas/neighbours";
import { GroupNode, NoteNode } from "@/components/canvas/note-node";
import { PinTip } from "@/components/canvas/pin-tip";
import { useCanvasKeys } from "@/components/canvas/use-canvas-keys";
import { useDrawing } from "@/components/canvas/use-drawing";
import {
  useAfterBox,
  useLinkPress,
  useMenus,
  usePanning,
  usePointing,
} from "@/components/canvas/use-pointer";
import { useSelecting } from "@/components/canvas/use-selecting";
import { useShapes } from "@/components/canvas/use-shapes";
import { useStayInView } from "@/components/canvas/use-stay-in-view";
import { FIT, useView } from "@/components/canvas/use-view";
import type { NodeView } from "@/lib/graph/view";
import "@/styles/canvas-more.css";

export function GraphCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

const NODE_TYPES: NodeTypes = { block: BlockNode, note: NoteNode, frame: GroupNode };
const EDGE_TYPES: EdgeTypes = { link: LinkEdge };
const ADDING_KEYS = ["Meta", "Control", "Shift"];
const SNAP: [number, number] = [GRID, GRID];
const MARGIN = 60;
const ZOOM = { least: 0.1, most: 2 };

function Canvas(props: CanvasProps) {
  const { links, mode, selection, problems, typical, toolbar, overlay, initialFit = false, ref } = props;
  const element = useRef<HTMLDivElement>(null);
  const shared = useShared(props);
  const { wishes, editing, linking } = shared;
  const view = useView();
  const order = useGraphOrder(props);
  const level = useStore((state) => levelOf(state.transform[2]));
  const isFar = level === "far";
  const [first] = useState(() => firstView(props.nodes, initialFit));
  const hoveredNode = useHover();
  const hoveredLink = useHover();

  const views = useMemo(() => inOrder(props.nodes, order), [props.nodes, order]);
  const boxes = useMemo(() => new Map(views.map((one) => [one.id, nodeBox(one)])), [views]);
  const { shapes, start, change, stop } = useShapes(views, wishes);
  const select = useSelecting(selection, wishes);
  const [makeNodes] = useState(flowNodesMaker);
  const [makeLinks] = useState(flowLinksMaker);
  const nodes = useMemo(
    () =>
      makeNodes({
        canvasId: shared.id,
        views,
        shapes,
        selection,
        isFar,
        ...(problems ? { problems } : {}),
        ...(typical ? { typical } : {}),
      }),
    [makeNodes, shared.id, views, shapes, selection, isFar, problems, typical],
  );
  const edges = useMemo(
    () => makeLinks({ views, links, shapes, selection, isFar }),
    [makeLinks, views, links, shapes, selection, isFar],
  );

  const drawing = useDrawing(shared, view, views);
  const onKeyDown = useCanvasKeys({ shared, view, nodes: views, boxes, links, selection, order });
  useStayInView(selection);
  useImperativeHandle(ref, () => ({ ...view, focus: (id) => bringFocus(view, id) }), [view]);
  useEndOfPress(shared);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      change(changes);
      select(selections(changes));
    },
    [change, select],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowLink>[]) => select(selections(changes)),
    [select],
  );
  const onDoubleClick = useCallback(
    (_event: ReactMouseEvent, { id, type }: FlowNode) => {
      if (type === "block" || mode === "read") wishes.open(id);
      else editing.set(id);
    },
    [mode, wishes, editing],
  );
  const menus = useMenus(shared);
  const onEdgeClick = useLinkPress(selection, shared);
  const pointing = usePointing(hoveredNode, hoveredLink);
  const afterBox = useAfterBox();
  const panning = usePanning(element);

  return (
    <CanvasContext value={shared}>
      <LevelContext value={level}>
        <div ref={element} className={`canvas canvas--${level} h-full w-full`}>
          <ReactFlow<FlowNode, FlowLink>
            aria-label="Graph"
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            onNodesChange={onNodesChange}
            onEdgesChange={onEdgesChange}
            onEdgeClick={onEdgeClick}
            onNodeDragStart={(_event, _node, dragged) => start(dragged)}
            onNodeDragStop={stop}
            onNodeDoubleClick={onDoubleClick}
            onPaneClick={() => linking.set(null)}
            onSelectionEnd={afterBox}
            onKeyDown={onKeyDown}
            {...menus}
            {...pointing}
            {...drawing}
            {...panning}
            connectionLineComponent={DrawnLink}
            connectionRadius={24}
            connectOnClick={false}
            nodesDraggable={mode === "edit"}
            nodesConnectable={mode === "edit"}
            nodeDragThreshold={3}
            paneClickDistance={3}
            selectionMode={SelectionMode.Partial}
            elevateNodesOnSelect={false}
            zIndexMode="manual"
            snapToGrid
            snapGrid={SNAP}
            minZoom={ZOOM.least}
            maxZoom={ZOOM.most}
            zoomOnDoubleClick={false}
            deleteKeyCode={null}
            panActivationKeyCode={null}
            multiSelectionKeyCode={ADDING_KEYS}
            disableKeyboardA11y
            onlyRenderVisibleElements
            fitView={first.isFit}
            defaultViewport={first.viewport}
            fitViewOptions={FIT}
            attributionPosition="bottom-left"
          >
            {!isFar && <Background gap={GRID} size={2} className="mat" />}
            <AimedLink />
            <RefusalHint />
            {toolbar && <NodeBar hover={hoveredNode} toolbar={toolbar} />}
            <LinkBar hover={hoveredLink} links={edges} />
          </ReactFlow>
          <PinTip canvas={element} />
          <Announcer shared={shared} />
          {overlay}
        </div>
      </LevelContext>
    </CanvasContext>
  );
}

function useShared(props: CanvasProps): CanvasShared {
  const id = useId();
  const wishes = useWishes(props);
  const { mode } = props;
  const [cells] = useState(() => ({
    linking: createLinking(),
    editing: createCell<string | null>(null),
    announcement: createCell(""),
  }));
  return useMemo(() => ({ id, mode, wishes, ...cells }), [id, mode, wishes, cells]);
}

/** The whole graph, or its upper left corner. A graph that is empty at first does not jump when its first block comes. */
function firstView(nodes: readonly NodeView[], isFitWanted: boolean) {
  if (nodes.length === 0) return { isFit: false, viewport: { x: 0, y: 0, zoom: 1 } };
  const left = Math.min(...nodes.map(({ position }) => position.x));
  const top = Math.min(...nodes.map(({ position }) => position.y));
  return { isFit: isFitWanted, viewport: { x: MARGIN - left, y: MARGIN - top, zoom: 1 } };
}

/** The order of Tab; it does not change while blocks are moved. */
function useGraphOrder({ nodes, links }: CanvasProps): readonly string[] {
  const ids = nodes.map(({ id }) => id).join("\n");
  return useMemo(() => graphOrder(ids.split("\n"), links), [ids, links]);
}

function inOrder(nodes: readonly NodeView[], order: readonly string[]): NodeView[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return order.flatMap((id) => byId.get(id) ?? []);
}

function bringFocus(view: ReturnType<typeof useView>, id: string): void {
  view.reveal(id, true);
  focusNode(view.element(), id);
}

function selections(changes: readonly (NodeChange<FlowNode> | EdgeChange<FlowLink>)[]) {
  return changes.flatMap((one) => (one.type === "select" ? { id: one.id, isSelected: one.selected } : []));
}

/** Escape ends a link that was begun by a press, wherever the focus is. */
function useEndOfPress({ linking }: CanvasShared): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && linking.get()?.way === "press") linking.set(null);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [linking]);
}

function Announcer({ shared }: { shared: CanvasShared }) {
  return (
    <output className="sr-only" aria-live="polite">
      {useCell(shared.announcement)}
    </output>
  );
}
