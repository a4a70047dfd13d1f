// The canvas of the builder: the graph as views, and what a hand does with it as edits.

import { useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { CanvasHandle } from "@/components/canvas/canvas-props";
import { GraphCanvas } from "@/components/canvas/graph-canvas";
import { BlockBar } from "@/features/builder/chrome/block-bar";
import { CanvasMenu, type MenuPlace } from "@/features/builder/chrome/canvas-menu";
import { Dock } from "@/features/builder/chrome/dock";
import { EmptyCanvas } from "@/features/builder/chrome/empty-canvas";
import { type Refused, RefusedLink } from "@/features/builder/chrome/refused-link";
import { useTypical } from "@/features/builder/run/typical";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { Problem } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";
import { move, type Point, resize, setInput } from "@/lib/graph/edit";
import { type Refusal, refusal } from "@/lib/graph/fit";
import { drawnLink } from "@/lib/graph/insert";
import { nodeById, type PinPlace } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { NO_PINS } from "@/lib/graph/pins";
import { linkViewer, nodeViewer } from "@/lib/graph/view";

export function CanvasPane({ setCanvas }: { setCanvas: (canvas: CanvasHandle | null) => void }) {
  const { editor, catalogue, pins, ui, canvas } = useBuilderParts();
  const graph = useEditor((state) => state.graph);
  const selection = useEditor((state) => state.selection);
  const problems = useEditor((state) => state.problems);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const known = useStore(pins);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [viewers] = useState(() => ({ nodes: nodeViewer(), links: linkViewer() }));
  const typical = useTypical();
  const lastPointer = useRef<Point>({ x: 0, y: 0 });

  const context = useMemo(
    () => ({ catalogue, pinsOf: (node: Parameters<typeof pinsOf>[0]) => pinsOf(node, catalogue, known) }),
    [catalogue, known],
  );
  const nodes = useMemo(() => viewers.nodes(graph, context), [viewers, graph, context]);
  const links = useMemo(() => viewers.links(graph, context), [viewers, graph, context]);
  const counts = useMemo(() => problemCounts(problems), [problems]);

  const handlers = useMemo(() => {
    const state = () => editor.getState();
    const fit = {
      catalogue,
      pinsOf: (nodeId: string) => {
        const node = nodeById(state().graph, nodeId);
        return node ? pinsOf(node, catalogue, pins.getState()) : NO_PINS;
      },
    };
    return {
      onSelect: (ids: ReadonlySet<string>) => {
        state().select(ids);
        const chosen = state().graph.nodes.filter((node) => ids.has(node.id));
        const [first] = chosen;
        const isBlock = first && catalogue.get(first.block_id)?.kind !== "note";
        if (chosen.length === 1 && isBlock) state().open(first.id);
        else if (ids.size === 0) state().close();
      },
      onMove: (positions: ReadonlyMap<string, Point>) =>
        state().change(`Move ${counted(positions.size, "block")}`, (before) => move(before, positions)),
      onResize: (id: string, size: { width: number; height: number }) =>
        state().change("Resize", (before) => resize(before, id, size)),
      onEditText: (id: string, text: string) =>
        state().change("Write a note", (before) => setInput(before, id, "text", text)),
      canLink: (from: PinPlace, to: PinPlace) => refusal(state().graph, from, to, fit),
      onLink: (from: PinPlace, to: PinPlace) => {
        const [source, sink] = from.side === "output" ? [from, to] : [to, from];
        const given = fit.pinsOf(source.nodeId).outputs.find((pin) => pin.name === source.pin);
        const wanted = fit.pinsOf(sink.nodeId).inputs.find((pin) => pin.name === sink.pin);
        state().change("Link", (before) => drawnLink(before, { from, to }, { given, wanted }));
      },
      onRefused: (from: PinPlace, to: PinPlace, why: Refusal) =>
        setRefused({ from, to, refusal: why, screen: lastPointer.current }),
      onDropOnCanvas: (from: PinPlace, at: Point, screen: Point) =>
        ui.getState().show({ kind: "add", place: { at, screen, from } }),
      onInsertOnLink: (linkId: string, screen: Point) => {
        const at = canvas()?.screenToFlow(screen) ?? { x: 0, y: 0 };
        ui.getState().show({ kind: "add", place: { at, screen, linkId } });
      },
      onOpen: (nodeId: string) => state().open(nodeId),
      onNodeMenu: (nodeId: string | null, screen: Point) => {
        if (nodeId !== null && !state().selection.has(nodeId)) state().select([nodeId]);
        setMenu({ nodeId, screen });
      },
    };
  }, [editor, catalogue, pins, ui, canvas]);

  return (
    <div
      className="relative min-h-0 flex-1"
      onPointerUpCapture={({ clientX, clientY }) => {
        lastPointer.current = { x: clientX, y: clientY };
      }}
    >
      <GraphCanvas
        ref={setCanvas}
        nodes={nodes}
        links={links}
        mode={isReadOnly ? "read" : "edit"}
        selection={selection}
        problems={counts}
        typical={typical}
        {...handlers}
        toolbar={toolbar}
        initialFit
        overlay={isReadOnly ? null : <Dock />}
      />
      {graph.nodes.length === 0 && <EmptyCanvas />}
      {menu && <CanvasMenu place={menu} onClose={() => setMenu(null)} />}
      {refused && <RefusedLink refused={refused} onClose={() => setRefused(null)} />}
    </div>
  );
}

function toolbar(nodeId: string) {
  return <BlockBar nodeId={nodeId} />;
}

function problemCounts(problems: readonly Problem[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node_id } of problems) if (node_id) counts.set(node_id, (counts.get(node_id) ?? 0) + 1);
  return counts;
}
