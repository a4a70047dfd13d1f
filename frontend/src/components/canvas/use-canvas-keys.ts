// The canvas by keys alone. Tab: along the graph. Arrows: to the nearest block. Alt: move, with Shift resize. Space: select.
// Enter: open. P: pins, K: links. L: draw a link. What is not handled goes on to whoever uses the canvas.

import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";

import { type Focus, focusLink, focusNode, focusOf, focusPin } from "@/components/canvas/canvas-focus";
import type { Point } from "@/components/canvas/canvas-props";
import { GRID, nodeSize } from "@/components/canvas/geometry";
import { aimNext, beginLink, dropLink, endLink, type Ground, pinsOf } from "@/components/canvas/key-linking";
import { pinKey } from "@/components/canvas/linking";
import { ARROWS, type Direction, neighbour } from "@/components/canvas/neighbours";
import { movedBy } from "@/components/canvas/use-shapes";
import type { LinkView } from "@/lib/graph/view";

export type KeyGround = Ground & {
  links: readonly LinkView[];
  selection: ReadonlySet<string>;
  /** The ids of the blocks as Tab goes. */
  order: readonly string[];
};

/** `home` is the block from which the keys went to a link. */
type AtHome = KeyGround & { home: string };

const STEPS: Record<Direction, Point> = {
  up: { x: 0, y: -GRID },
  down: { x: 0, y: GRID },
  left: { x: -GRID, y: 0 },
  right: { x: GRID, y: 0 },
};
const SMALLEST = { width: 120, height: 40 };

export function useCanvasKeys(ground: KeyGround): (event: KeyboardEvent) => void {
  const latest = useRef(ground);
  useLayoutEffect(() => {
    latest.current = ground;
  });
  const home = useRef("");
  const [onKeyDown] = useState(() => (event: KeyboardEvent) => {
    const focus = focusOf(event.target);
    if (focus === null || event.ctrlKey || event.metaKey) return;
    if (focus.on === "node") home.current = focus.id;
    const isDone = handle({ ...latest.current, home: home.current }, focus, event);
    if (!isDone) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return onKeyDown;
}

/** Whether the key meant something here. */
function handle(ground: AtHome, focus: Focus, event: KeyboardEvent): boolean {
  if (ground.shared.linking.get() !== null) return whileLinking(ground, event);
  if (focus.on === "node") return onNode(ground, focus, event);
  return focus.on === "pin" ? onPin(ground, focus, event) : onLink(ground, focus, event);
}

function whileLinking(ground: KeyGround, event: KeyboardEvent): boolean {
  const isByKeys = ground.shared.linking.get()?.way === "keys";
  if (event.key === "Escape") dropLink(ground);
  else if (event.key === "Tab" && isByKeys) aimNext(ground, event.shiftKey ? -1 : 1);
  else if (event.key === "Enter" && isByKeys) endLink(ground);
  else return false;
  return true;
}

function onNode(ground: KeyGround, focus: Focus & { on: "node" }, event: KeyboardEvent): boolean {
  const direction = ARROWS[event.key];
  if (direction)
    return event.altKey ? push(ground, focus.id, direction, event) : go(ground, focus.id, direction);
  if (event.altKey) return false;
  switch (event.key) {
    case "Tab":
      // After a press of the mouse, Tab belongs to whoever uses the canvas: it adds a block.
      return focus.element.matches(":focus-visible") && goAlong(ground, focus.id, event.shiftKey ? -1 : 1);
    case "Enter":
      return open(ground, focus.id);
    case " ":
      return select(ground, focus.id, event.shiftKey);
    case "p":
    case "P":
      return nextPin(ground, focus.id, null, event.shiftKey ? -1 : 1);
    case "k":
    case "K":
      return nextLink(ground, focus.id, null, event.shiftKey ? -1 : 1);
    case "l":
    case "L":
      return linkFromNode(ground, focus.id);
    default:
      return false;
  }
}

function onPin(ground: KeyGround, { place }: Focus & { on: "pin" }, event: KeyboardEvent): boolean {
  switch (event.key) {
    case "p":
    case "P":
      return nextPin(ground, place.nodeId, pinKey(place), event.shiftKey ? -1 : 1);
    case "ArrowDown":
      return nextPin(ground, place.nodeId, pinKey(place), 1);
    case "ArrowUp":
      return nextPin(ground, place.nodeId, pinKey(place), -1);
    case "l":
    case "L":
    case "Enter":
    case " ":
      if (ground.shared.mode === "read") return false;
      beginLink(ground, place);
      return true;
    case "Escape":
      focusNode(ground.view.element(), place.nodeId);
      return true;
    default:
      return false;
  }
}

function onLink(ground: AtHome, focus: Focus & { on: "link" }, event: KeyboardEvent): boolean {
  const link = ground.links.find(({ id }) => id === focus.id);
  if (!link) return false;
  switch (event.key) {
    case "k":
    case "K":
      return nextLink(ground, ground.home, link.id, event.shiftKey ? -1 : 1);
    case " ":
      return select(ground, link.id, event.shiftKey);
    case "Enter":
    case "+":
      if (ground.shared.mode === "read") return false;
      ground.shared.wishes.insertOnLink(link.id, middleOf(focus.element));
      return true;
    case "Escape":
      focusNode(ground.view.element(), ground.home);
      return true;
    default:
      return false;
  }
}

function go(ground: KeyGround, id: string, direction: Direction): boolean {
  const next = neighbour(ground.boxes, id, direction);
  if (next !== null) show(ground, next);
  return true;
}

function goAlong({ order, ...ground }: KeyGround, id: string, step: 1 | -1): boolean {
  const next = order[order.indexOf(id) + step];
  if (next === undefined) return false;
  show(ground, next);
  return true;
}

function show({ view }: Pick<KeyGround, "view">, id: string): void {
  view.reveal(id, false);
  focusNode(view.element(), id);
}

/** Move what is selected, or the block alone; with Shift, resize a note or a group. */
function push(ground: KeyGround, id: string, direction: Direction, event: KeyboardEvent): boolean {
  const { shared, selection, nodes } = ground;
  if (shared.mode === "read") return false;
  const by = STEPS[direction];
  if (event.shiftKey) return resize(ground, id, by);
  shared.wishes.move(movedBy(nodes, selection.has(id) ? selection : new Set([id]), by));
  return true;
}

function resize({ nodes, shared }: KeyGround, id: string, by: Point): boolean {
  const view = nodes.find((one) => one.id === id);
  if (!view || (view.kind !== "note" && view.kind !== "group")) return false;
  const { width, height } = nodeSize(view);
  shared.wishes.resize(id, {
    width: Math.max(SMALLEST.width, width + by.x),
    height: Math.max(SMALLEST.height, height + by.y),
  });
  return true;
}

function open({ nodes, shared }: KeyGround, id: string): boolean {
  const kind = nodes.find((one) => one.id === id)?.kind;
  const isWritten = (kind === "note" || kind === "group") && shared.mode === "edit";
  if (isWritten) shared.editing.set(id);
  else shared.wishes.open(id);
  return true;
}

function select({ selection, shared }: KeyGround, id: string, isAdding: boolean): boolean {
  const next = new Set(isAdding ? selection : []);
  if (isAdding && selection.has(id)) next.delete(id);
  else next.add(id);
  shared.wishes.select(next);
  return true;
}

function nextPin(ground: KeyGround, nodeId: string, from: string | null, step: 1 | -1): boolean {
  const view = ground.nodes.find(({ id }) => id === nodeId);
  const pins = view ? pinsOf(view) : [];
  const next = after(pins, from === null ? -1 : pins.map(pinKey).indexOf(from), step);
  if (!next) return false;
  ground.view.reveal(nodeId, true);
  focusPin(ground.view.element(), next);
  return true;
}

function nextLink(ground: KeyGround, nodeId: string, from: string | null, step: 1 | -1): boolean {
  const links = ground.links.filter(({ source, sink }) => source === nodeId || sink === nodeId);
  const next = after(links, from === null ? -1 : links.findIndex(({ id }) => id === from), step);
  if (!next) return false;
  focusLink(ground.view.element(), next.id);
  return true;
}

function linkFromNode(ground: KeyGround, nodeId: string): boolean {
  const view = ground.nodes.find(({ id }) => id === nodeId);
  const first = view?.outputs[0] ?? null;
  if (first === null || ground.shared.mode === "read") return false;
  const place = { nodeId, side: "output", pin: first.name } as const;
  ground.view.reveal(nodeId, true);
  focusPin(ground.view.element(), place);
  beginLink(ground, place);
  return true;
}

function after<Item>(items: readonly Item[], at: number, step: 1 | -1): Item | undefined {
  if (at < 0) return step === 1 ? items[0] : items.at(-1);
  return items[(at + step + items.length) % items.length];
}

function middleOf(element: SVGElement): Point {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
