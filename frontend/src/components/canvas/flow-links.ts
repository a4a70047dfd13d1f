// Views of links as React Flow takes them, each with its way; the same object as before where neither changed.

import type { CanvasProps } from "@/components/canvas/canvas-props";
import type { Shape } from "@/components/canvas/flow-nodes";
import type { FlowLink } from "@/components/canvas/flow-types";
import { type Box, nodeSize, pinDrop } from "@/components/canvas/geometry";
import { pinLabel } from "@/lib/graph/pins";
import { type Route, routeAll, type Wire } from "@/lib/graph/route";
import type { LinkView, NodeView } from "@/lib/graph/view";

type Input = Pick<CanvasProps, "links" | "selection"> & {
  views: readonly NodeView[];
  shapes: ReadonlyMap<string, Shape>;
  /** Far blocks have one stub on each side, in the middle. */
  isFar: boolean;
};

type Placed = { view: NodeView; box: Box };
type Known = { view: LinkView; label: string; isSelected: boolean; link: FlowLink };

const LAYERS = { link: 0, selected: 1 };

export function flowLinksMaker(): (input: Input) => FlowLink[] {
  let before = new Map<string, Known>();
  return ({ links, views, shapes, selection, isFar }) => {
    const placed = new Map(views.map((view) => [view.id, { view, box: boxOf(view, shapes.get(view.id)) }]));
    const wires = links.flatMap((link) => wireOf(link, placed, isFar) ?? []);
    const routes = routeAll(wires, obstaclesOf(placed));
    const next = new Map<string, Known>();
    for (const view of links) {
      const route = routes.get(view.id);
      if (!route) continue;
      const label = labelOf(view, placed);
      const isSelected = selection.has(view.id);
      const known = before.get(view.id);
      const isSame =
        known?.view === view &&
        known.label === label &&
        known.isSelected === isSelected &&
        isAsBefore(known, route);
      const link = isSame ? known.link : flowLink(view, label, isSelected, route);
      next.set(view.id, { view, label, isSelected, link });
    }
    before = next;
    return [...next.values()].map(({ link }) => link);
  };
}

function boxOf(view: NodeView, shape: Shape | undefined): Box {
  return { ...(shape?.position ?? view.position), ...(shape?.size ?? nodeSize(view)) };
}

function wireOf(link: LinkView, placed: ReadonlyMap<string, Placed>, isFar: boolean): Wire | null {
  const [source, sink] = [placed.get(link.source), placed.get(link.sink)];
  if (!source || !sink) return null;
  const drop = ({ view, box }: Placed, side: "input" | "output", pin: string) =>
    box.y + (isFar ? box.height / 2 : pinDrop(view, side, pin));
  return {
    id: link.id,
    trunk: `${link.source} ${isFar ? "" : link.sourcePin}`,
    from: { x: source.box.x + source.box.width, y: drop(source, "output", link.sourcePin) },
    to: { x: sink.box.x, y: drop(sink, "input", link.sinkPin) },
    fromBox: source.box,
    toBox: sink.box,
  };
}

function obstaclesOf(placed: ReadonlyMap<string, Placed>): Box[] {
  return [...placed.values()].flatMap(({ view, box }) =>
    view.kind === "note" || view.kind === "group" ? [] : box,
  );
}

/** "Link from Triage, decision to Apply labels, labels" */
function labelOf(link: LinkView, placed: ReadonlyMap<string, Placed>): string {
  const end = (nodeId: string, pin: string) => `${placed.get(nodeId)?.view.title ?? ""}, ${pinLabel(pin)}`;
  return `Link from ${end(link.source, link.sourcePin)} to ${end(link.sink, link.sinkPin)}`;
}

function isAsBefore(known: Known, route: Route): boolean {
  return known.link.data?.route.path === route.path;
}

function flowLink(view: LinkView, label: string, isSelected: boolean, route: Route): FlowLink {
  return {
    id: view.id,
    type: "link",
    source: view.source,
    target: view.sink,
    data: { view, route },
    selected: isSelected,
    zIndex: isSelected ? LAYERS.selected : LAYERS.link,
    ariaLabel: label,
    ariaRole: "group",
    focusable: false,
    selectable: false, // by a press only (graph-canvas.tsx): a box takes blocks
    domAttributes: { tabIndex: -1, "aria-roledescription": "link" },
  };
}
