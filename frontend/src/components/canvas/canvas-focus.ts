// Where the keyboard's focus is on the canvas, and how it comes to a block, a pin, a link.

import type { PinPlace } from "@/lib/graph/model";

export type Focus =
  | { on: "node"; id: string; element: HTMLElement }
  | { on: "pin"; place: PinPlace; element: HTMLElement }
  | { on: "link"; id: string; element: SVGElement };

/** How many frames it may take until what came into view is drawn. */
const MOST_FRAMES = 30;

export function focusOf(target: EventTarget): Focus | null {
  if (target instanceof SVGElement && target.matches(".react-flow__edge")) {
    return { on: "link", id: target.dataset.id ?? "", element: target };
  }
  if (!(target instanceof HTMLElement)) return null;
  if (target.matches(".react-flow__node")) {
    return { on: "node", id: target.dataset.id ?? "", element: target };
  }
  if (!target.matches(".pin-area")) return null;
  const side = target.classList.contains("source") ? "output" : "input";
  const { nodeid: nodeId = "", handleid: pin = "" } = target.dataset;
  return { on: "pin", place: { nodeId, side, pin }, element: target };
}

export function focusNode(canvas: HTMLElement | null, id: string): void {
  focusOnceDrawn(() => canvas?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`));
}

export function focusLink(canvas: HTMLElement | null, id: string): void {
  focusOnceDrawn(() => canvas?.querySelector(`.react-flow__edge[data-id="${CSS.escape(id)}"]`));
}

export function focusPin(canvas: HTMLElement | null, { nodeId, side, pin }: PinPlace): void {
  const type = side === "output" ? "source" : "target";
  const selector = `.pin-area.${type}[data-nodeid="${CSS.escape(nodeId)}"][data-handleid="${CSS.escape(pin)}"]`;
  focusOnceDrawn(() => canvas?.querySelector(selector));
}

function focusOnceDrawn(find: () => Element | null | undefined, frames = 0): void {
  const element = find();
  if (element instanceof HTMLElement || element instanceof SVGElement) element.focus({ preventScroll: true });
  else if (frames < MOST_FRAMES) requestAnimationFrame(() => focusOnceDrawn(find, frames + 1));
}
