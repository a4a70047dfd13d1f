// What every block and link on a canvas may use. It never changes while the canvas is on the page, except for the mode.

import { createContext, useContext, useLayoutEffect, useMemo, useRef } from "react";

import type { CanvasProps, Point, Refusal, Size } from "@/components/canvas/canvas-props";
import type { Cell } from "@/components/canvas/cell";
import type { LinkingCell } from "@/components/canvas/linking";
import type { PinPlace } from "@/lib/graph/model";

/** What can be asked of whoever uses the canvas; the same object always, so that no block is drawn anew. */
export type Wishes = {
  move: (positions: ReadonlyMap<string, Point>) => void;
  resize: (nodeId: string, size: Size) => void;
  editText: (nodeId: string, text: string) => void;
  canLink: (from: PinPlace, to: PinPlace) => Refusal | null;
  link: (from: PinPlace, to: PinPlace) => void;
  refused: (from: PinPlace, to: PinPlace, refusal: Refusal) => void;
  dropOnCanvas: (from: PinPlace, point: Point, screen: Point) => void;
  insertOnLink: (linkId: string, screen: Point) => void;
  open: (nodeId: string) => void;
  nodeMenu: (nodeId: string | null, screen: Point) => void;
  linkMenu: (linkId: string, screen: Point) => void;
  select: (ids: ReadonlySet<string>) => void;
};

export type CanvasShared = {
  /** Of this canvas, for ids in the page. */
  id: string;
  mode: CanvasProps["mode"];
  wishes: Wishes;
  linking: LinkingCell;
  /** The note or group whose text is being written. */
  editing: Cell<string | null>;
  /** Said to who listens instead of looking. */
  announcement: Cell<string>;
};

export const CanvasContext = createContext<CanvasShared | null>(null);

export function useCanvas(): CanvasShared {
  const shared = useContext(CanvasContext);
  if (shared === null) throw new Error("This must stand in a GraphCanvas.");
  return shared;
}

/** How much of a block is drawn: all; no constants and costs; title and state, large. */
export type Level = "near" | "mid" | "far";

export const LevelContext = createContext<Level>("near");

export function useLevel(): Level {
  return useContext(LevelContext);
}

export function levelOf(zoom: number): Level {
  if (zoom >= 0.75) return "near";
  return zoom >= 0.4 ? "mid" : "far";
}

const READ_ONLY = { why: "This graph can only be looked at.", cure: null };

export function useWishes(props: CanvasProps): Wishes {
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  return useMemo(
    () => ({
      move: (positions) => latest.current.onMove?.(positions),
      resize: (nodeId, size) => latest.current.onResize?.(nodeId, size),
      editText: (nodeId, text) => latest.current.onEditText?.(nodeId, text),
      canLink: (from, to) => (latest.current.canLink ? latest.current.canLink(from, to) : READ_ONLY),
      link: (from, to) => latest.current.onLink?.(from, to),
      refused: (from, to, refusal) => latest.current.onRefused?.(from, to, refusal),
      dropOnCanvas: (from, point, screen) => latest.current.onDropOnCanvas?.(from, point, screen),
      insertOnLink: (linkId, screen) => latest.current.onInsertOnLink?.(linkId, screen),
      open: (nodeId) => latest.current.onOpen?.(nodeId),
      nodeMenu: (nodeId, screen) => latest.current.onNodeMenu?.(nodeId, screen),
      linkMenu: (linkId, screen) => latest.current.onLinkMenu?.(linkId, screen),
      select: (ids) => latest.current.onSelect(ids),
    }),
    [],
  );
}
