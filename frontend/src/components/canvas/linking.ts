// The link that is being drawn: by dragging, by two presses, or by keys. Every pin knows from here whether it fits.

import { useCallback, useSyncExternalStore } from "react";

import type { Refusal } from "@/components/canvas/canvas-props";
import { type Cell, createCell } from "@/components/canvas/cell";
import type { PinPlace } from "@/lib/graph/model";

export type Linking = {
  from: PinPlace;
  way: "drag" | "press" | "keys";
  /** The pin that the keys have come to. */
  aim: PinPlace | null;
  /** Why it may not end at a pin; asked once each. */
  refusal: (to: PinPlace) => Refusal | null;
};

/** How a pin looks while a link is drawn. */
export type PinFit = "source" | "aim" | "fits" | "faded" | null;

export type LinkingCell = Cell<Linking | null>;

export function createLinking(): LinkingCell {
  return createCell<Linking | null>(null);
}

export function startLinking(
  cell: LinkingCell,
  from: PinPlace,
  way: Linking["way"],
  canLink: (from: PinPlace, to: PinPlace) => Refusal | null,
): void {
  const known = new Map<string, Refusal | null>();
  const refusal = (to: PinPlace) => {
    const key = pinKey(to);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = canLink(from, to);
    known.set(key, answer);
    return answer;
  };
  cell.set({ from, way, aim: null, refusal });
}

export function usePinFit(cell: LinkingCell, place: PinPlace): PinFit {
  const { nodeId, side, pin } = place;
  const look = useCallback(() => pinFit(cell.get(), { nodeId, side, pin }), [cell, nodeId, side, pin]);
  return useSyncExternalStore(cell.subscribe, look);
}

export function samePin(one: PinPlace, other: PinPlace): boolean {
  return one.nodeId === other.nodeId && one.side === other.side && one.pin === other.pin;
}

export function pinKey({ nodeId, side, pin }: PinPlace): string {
  return `${side} ${nodeId} ${pin}`;
}

function pinFit(linking: Linking | null, place: PinPlace): PinFit {
  if (linking === null) return null;
  if (samePin(linking.from, place)) return "source";
  if (linking.from.side === place.side) return "faded";
  if (linking.aim && samePin(linking.aim, place)) return "aim";
  return linking.refusal(place) === null ? "fits" : "faded";
}
