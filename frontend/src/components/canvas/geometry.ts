// How large a block is and where its pins are, in world units: known before anything is drawn, and the same in every state.

import type { Point, Size } from "@/components/canvas/canvas-props";
import type { NodeView, PinView } from "@/lib/graph/view";

export type Box = Point & Size;

export const GRID = 20;
/** What of a pin can be pressed. */
export const HIT = 24;

const HEAD = 44;
const FOOT = 28;
const ROW = 22;
const ROWS_PADDING = 5;
const FRAME = 1;
const NARROW = 208;
const WIDE = 280;
const NOTE_LINE = 19;
const NOTE_CHARS = 27;

export function nodeSize(view: NodeView): Size {
  if (view.kind === "group") return view.size ?? { width: 480, height: 320 };
  if (view.kind === "note") return view.size ?? { width: NARROW, height: noteHeight(view.text) };
  return { width: blockWidth(view), height: blockHeight(view) };
}

export function nodeBox(view: NodeView): Box {
  return { ...view.position, ...nodeSize(view) };
}

export function centre(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Rows of pins, with the one that says how many more there are. */
export function rowCount(view: NodeView): number {
  return Math.max(view.inputs.length, view.outputs.length) + (view.more > 0 ? 1 : 0);
}

/** How far below the top of its block a pin is; one that has no row is at the last, or in the middle. */
export function pinDrop(view: NodeView, side: "input" | "output", pin: string): number {
  const row = (side === "input" ? view.inputs : view.outputs).findIndex((one) => one.name === pin);
  const place = row >= 0 ? row : rowCount(view) - 1;
  return place >= 0 ? dropOfRow(place) : blockHeight(view) / 2;
}

export function dropOfRow(place: number): number {
  return FRAME + HEAD + ROWS_PADDING + place * ROW + ROW / 2;
}

/** The blocks whose middle lies in a group: they move with it. */
export function insideOf(group: Box, others: Iterable<readonly [string, Box]>): string[] {
  return [...others].filter(([, box]) => contains(group, centre(box))).map(([id]) => id);
}

function contains(box: Box, point: Point): boolean {
  const { x, y, width, height } = box;
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

function blockHeight(view: NodeView): number {
  const rows = rowCount(view);
  return 2 * FRAME + HEAD + (rows > 0 ? 2 * ROWS_PADDING + rows * ROW : 0) + FOOT;
}

/** As wide as its words need, by the width of an average letter. */
function blockWidth(view: NodeView): number {
  const widest = Math.max(57 + view.title.length * 7, ...rowWidths(view));
  return Math.min(WIDE, Math.max(NARROW, Math.ceil(widest / 8) * 8));
}

function rowWidths(view: NodeView): number[] {
  const rows = Math.max(view.inputs.length, view.outputs.length);
  return Array.from(
    { length: rows },
    (_, row) => 40 + pinWidth(view.inputs[row]) + pinWidth(view.outputs[row]),
  );
}

function pinWidth(pin: PinView | undefined): number {
  if (!pin) return 0;
  const beside = pin.isMissing ? 54 : pin.constant === null ? 0 : 6 + pin.constant.length * 6.6;
  return pin.label.length * 6.2 + beside;
}

function noteHeight(text: string): number {
  const lines = text.split("\n").map((line) => Math.max(1, Math.ceil(line.length / NOTE_CHARS)));
  const count = lines.reduce((sum, one) => sum + one, 0);
  return 20 + Math.min(20, Math.max(2, count)) * NOTE_LINE;
}
