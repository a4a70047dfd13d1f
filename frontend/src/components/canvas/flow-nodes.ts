// Views of blocks as React Flow takes them: the very same object as before where nothing changed, so that it is not drawn anew.
// Sizes and pins are told, not measured: a block outside the view need never be drawn.

import { type NodeHandle, Position } from "@xyflow/react";

import type { CanvasProps, Point, Size, Typical } from "@/components/canvas/canvas-props";
import type { FlowNode } from "@/components/canvas/flow-types";
import { HIT, nodeSize, pinDrop } from "@/components/canvas/geometry";
import type { NodeView } from "@/lib/graph/view";

/** Where a block is while it is dragged or resized. */
export type Shape = { position?: Point; size?: Size };

type Input = Pick<CanvasProps, "selection" | "problems" | "typical"> & {
  canvasId: string;
  /** In the order in which the keyboard goes. */
  views: readonly NodeView[];
  shapes: ReadonlyMap<string, Shape>;
  /** React Flow measures the pins of what is drawn; those of far blocks are not, so they are told anew. */
  isFar: boolean;
};

type Known = {
  view: NodeView;
  shape: Shape | undefined;
  isSelected: boolean;
  problems: number;
  typical: Typical | undefined;
  isFar: boolean;
  node: FlowNode;
};

const LAYERS = { frame: -1, block: 2, selected: 3 };

export function flowNodesMaker(): (input: Input) => FlowNode[] {
  let before = new Map<string, Known>();
  return (input) => {
    const next = new Map<string, Known>();
    const nodes = input.views.map((view) => {
      const wanted = {
        view,
        shape: input.shapes.get(view.id),
        isSelected: input.selection.has(view.id),
        problems: input.problems?.get(view.id) ?? 0,
        typical: input.typical?.get(view.id),
        isFar: input.isFar,
      };
      const known = before.get(view.id);
      const node =
        known && isSame(known, wanted) ? known.node : flowNode(wanted, input.canvasId, known?.node);
      next.set(view.id, { ...wanted, node });
      return node;
    });
    before = next;
    return nodes;
  };
}

type Wanted = Omit<Known, "node">;

function isSame(known: Known, wanted: Wanted): boolean {
  return (
    known.view === wanted.view &&
    known.shape === wanted.shape &&
    known.isSelected === wanted.isSelected &&
    known.problems === wanted.problems &&
    isSameTypical(known.typical, wanted.typical) &&
    known.isFar === wanted.isFar
  );
}

function isSameTypical(one: Typical | undefined, other: Typical | undefined): boolean {
  return one?.durationMs === other?.durationMs && one?.usdMicros === other?.usdMicros;
}

function flowNode(wanted: Wanted, canvasId: string, before: FlowNode | undefined): FlowNode {
  const { view, shape, isSelected, problems, typical } = wanted;
  const size = shape?.size ?? nodeSize(view);
  const data = { view, size, problems, typical };
  const type = view.kind === "group" ? "frame" : view.kind === "note" ? "note" : "block";
  return {
    id: view.id,
    type,
    position: shape?.position ?? view.position,
    data: before && isSameData(before.data, data) ? before.data : data,
    selected: isSelected,
    zIndex: type === "frame" ? LAYERS.frame : isSelected ? LAYERS.selected : LAYERS.block,
    width: size.width,
    height: size.height,
    measured: size,
    handles: handlesOf(view, size),
    connectable: type === "block",
    className: shape?.position ? "is-moved" : "",
    domAttributes: {
      "aria-labelledby": nameId(canvasId, view.id),
      "aria-roledescription": type === "frame" ? "group" : type,
    },
  };
}

/** The id of the hidden text that says what a block is and how it is. */
export function nameId(canvasId: string, nodeId: string): string {
  return `${canvasId}-${nodeId}`;
}

function isSameData(one: FlowNode["data"], other: FlowNode["data"]): boolean {
  return (
    one.view === other.view &&
    one.size.width === other.size.width &&
    one.size.height === other.size.height &&
    one.problems === other.problems &&
    isSameTypical(one.typical, other.typical)
  );
}

function handlesOf(view: NodeView, size: Size): NodeHandle[] {
  const side = (which: "input" | "output"): NodeHandle[] => {
    const isInput = which === "input";
    const place = { position: isInput ? Position.Left : Position.Right, width: HIT, height: HIT };
    const x = (isInput ? 0 : size.width) - HIT / 2;
    const type = isInput ? "target" : "source";
    const rows = (isInput ? view.inputs : view.outputs).map(({ name }) => name);
    const named = rows.map(
      (id) => ({ ...place, id, type, x, y: pinDrop(view, which, id) - HIT / 2 }) as const,
    );
    return named.length > 0 ? named : [{ ...place, type, x, y: size.height / 2 - HIT / 2 }];
  };
  return [...side("input"), ...side("output")];
}
