// What the canvas takes and gives. It draws a graph and says what a person wants of it; it changes nothing by itself.

import type { ReactNode, Ref } from "react";

import type { PinPlace } from "@/lib/graph/model";
import type { LinkView, NodeView } from "@/lib/graph/view";

/** World coordinates (of the graph) or screen coordinates (of the window, as in `clientX`), as the name says. */
export type Point = { x: number; y: number };
export type Size = { width: number; height: number };

/** What the last runs of a block took: the foot of an idle block shows it. */
export type Typical = { durationMs: number; usdMicros: number };

/** Why two pins may not be linked; `cure` names a block that would help. */
export type Refusal = { why: string; cure: string | null };

export type CanvasProps = {
  nodes: readonly NodeView[];
  links: readonly LinkView[];
  /** `read`: nothing can be moved, linked or written; all else works. */
  mode: "edit" | "read";

  /** The ids of the selected blocks and links. */
  selection: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;

  /** How many problems a block has, by its id. */
  problems?: ReadonlyMap<string, number>;
  typical?: ReadonlyMap<string, Typical>;

  /** Once at the end of a drag, or for each press of Alt and an arrow: all that moved, with the blocks of a moved group. */
  onMove?: (positions: ReadonlyMap<string, Point>) => void;
  /** Once at the end: notes and groups. */
  onResize?: (nodeId: string, size: Size) => void;
  /** The text of a note, the name of a group, written in place. */
  onEditText?: (nodeId: string, text: string) => void;

  /** null: it may be linked. Asked once a pin while a link is drawn; the ends come in either order. */
  canLink?: (from: PinPlace, to: PinPlace) => Refusal | null;
  onLink?: (from: PinPlace, to: PinPlace) => void;
  /** A link was dropped where it does not fit. */
  onRefused?: (from: PinPlace, to: PinPlace, refusal: Refusal) => void;
  /** A link was dropped on the empty canvas: `point` in the world, `screen` in the window. */
  onDropOnCanvas?: (from: PinPlace, point: Point, screen: Point) => void;
  /** The `+` on a link was pressed. Without it there is no `+`. */
  onInsertOnLink?: (linkId: string, screen: Point) => void;

  /** Double press or Enter. */
  onOpen?: (nodeId: string) => void;
  /** Right button, or the menu key; null: on the empty canvas. */
  onNodeMenu?: (nodeId: string | null, screen: Point) => void;
  onLinkMenu?: (linkId: string, screen: Point) => void;

  /** A bar of small buttons (`.nodebar`), which stands 8 px above the block under the pointer. */
  toolbar?: (nodeId: string) => ReactNode;
  /** What lies over the canvas: dock, hints. `useZoom` works in it. */
  overlay?: ReactNode;
  /** Show the whole graph at first; else its upper left corner at 100 %. */
  initialFit?: boolean;
  ref?: Ref<CanvasHandle>;
};

/** What can be asked of a canvas that is on the page. */
export type CanvasHandle = {
  /** Bring these blocks, or all, into view. */
  fit: (ids?: Iterable<string>) => void;
  /** 1 is 100 %; the middle of the view stays where it is. */
  zoomTo: (zoom: number) => void;
  /** 1.25: a quarter larger. */
  zoomBy: (factor: number) => void;
  /** How large the blocks are, by their id: those that were drawn as drawn, the others as they will be. */
  sizes: () => ReadonlyMap<string, Size>;
  /** Bring a block into the middle. */
  center: (nodeId: string) => void;
  /** Bring a block into view and put the keyboard's focus on it. */
  focus: (nodeId: string) => void;
  screenToFlow: (screen: Point) => Point;
  /** The middle of the view, in the world. */
  viewportCenter: () => Point;
};
