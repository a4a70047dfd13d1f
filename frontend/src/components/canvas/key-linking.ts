// A link drawn by keys: L begins it at a pin, Tab goes from one fitting pin to the next, Enter links, Escape ends.

import type { CanvasShared } from "@/components/canvas/canvas-context";
import { focusPin } from "@/components/canvas/canvas-focus";
import { type Box, centre } from "@/components/canvas/geometry";
import { pinKey, samePin, startLinking } from "@/components/canvas/linking";
import type { View } from "@/components/canvas/use-view";
import { counted } from "@/lib/format";
import type { PinPlace } from "@/lib/graph/model";
import { pinLabel } from "@/lib/graph/pins";
import type { NodeView } from "@/lib/graph/view";

export type Ground = {
  shared: CanvasShared;
  view: View;
  nodes: readonly NodeView[];
  boxes: ReadonlyMap<string, Box>;
};

export function beginLink(ground: Ground, from: PinPlace): void {
  const { linking, wishes, announcement } = ground.shared;
  startLinking(linking, from, "keys", wishes.canLink);
  const found = fittingPins(ground, from);
  if (found.length === 0) {
    linking.set(null);
    announcement.set(`No pin on this canvas fits ${pinLabel(from.pin)}.`);
    return;
  }
  announcement.set(
    `Linking from ${pinLabel(from.pin)}. ${counted(found.length, "pin fits", "pins fit")}. Tab goes to the next, Enter links, Escape ends.`,
  );
}

/** To the next fitting pin, the nearest first; `step` -1 goes back. */
export function aimNext(ground: Ground, step: 1 | -1): void {
  const { linking, announcement } = ground.shared;
  const drawn = linking.get();
  if (!drawn) return;
  const found = fittingPins(ground, drawn.from);
  const at = drawn.aim === null ? (step === 1 ? -1 : 0) : found.map(pinKey).indexOf(pinKey(drawn.aim));
  const aim = found[(at + step + found.length) % found.length];
  if (!aim) return;
  linking.set({ ...drawn, aim });
  announcement.set(`${pinLabel(aim.pin)} of ${titleOf(ground, aim.nodeId)}. Enter links.`);
  ground.view.reveal(aim.nodeId, true);
  focusPin(ground.view.element(), aim);
}

/** Link to the pin that the keys have come to. */
export function endLink(ground: Ground): void {
  const { linking, wishes, announcement } = ground.shared;
  const drawn = linking.get();
  if (!drawn?.aim) return;
  const { from, aim } = drawn;
  linking.set(null);
  wishes.link(from, aim);
  announcement.set(
    `Linked ${pinLabel(from.pin)} with ${pinLabel(aim.pin)} of ${titleOf(ground, aim.nodeId)}.`,
  );
}

/** Back to the pin where it began, nothing linked. */
export function dropLink(ground: Ground): void {
  const { linking, announcement } = ground.shared;
  const drawn = linking.get();
  if (!drawn) return;
  linking.set(null);
  announcement.set("Nothing was linked.");
  if (drawn.way !== "keys") return;
  ground.view.reveal(drawn.from.nodeId, true);
  focusPin(ground.view.element(), drawn.from);
}

/** The pins of a block, inputs first, as they stand from top to bottom. */
export function pinsOf(view: NodeView): PinPlace[] {
  const places = (side: PinPlace["side"], rows: NodeView["inputs"]) =>
    rows.map(({ name }): PinPlace => ({ nodeId: view.id, side, pin: name }));
  return [...places("input", view.inputs), ...places("output", view.outputs)];
}

function fittingPins({ shared, nodes, boxes }: Ground, from: PinPlace): PinPlace[] {
  const drawn = shared.linking.get();
  const start = boxes.get(from.nodeId);
  if (!drawn || !start) return [];
  const origin = centre(start);
  const distance = (nodeId: string) => {
    const box = boxes.get(nodeId);
    if (!box) return Number.POSITIVE_INFINITY;
    const { x, y } = centre(box);
    return Math.hypot(x - origin.x, y - origin.y);
  };
  return nodes
    .filter(({ kind }) => kind !== "note" && kind !== "group")
    .flatMap(pinsOf)
    .filter((to) => to.side !== from.side && !samePin(to, from) && drawn.refusal(to) === null)
    .map((to) => ({ to, away: distance(to.nodeId) }))
    .sort((one, other) => one.away - other.away)
    .map(({ to }) => to);
}

function titleOf({ nodes }: Ground, nodeId: string): string {
  return nodes.find(({ id }) => id === nodeId)?.title ?? "";
}
