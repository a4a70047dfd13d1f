// What lies over the canvas at the moment: at most one thing.

import { createStore } from "zustand/vanilla";

import type { Beginning } from "@/features/builder/run/runner";
import type { Point } from "@/lib/graph/edit";
import type { PinPlace } from "@/lib/graph/model";

/** Where a new block goes, and to what it is linked. */
export type AddPlace = {
  /** On the canvas. */
  at: Point;
  /** On the screen: the search opens there. null: in the middle. */
  screen: Point | null;
  /** The pin that a link was dropped from. */
  from?: PinPlace;
  /** The link that the block is put on. */
  linkId?: string;
};

export type Overlay =
  | { kind: "add"; place: AddPlace }
  | { kind: "palette" }
  | { kind: "find" }
  | { kind: "shortcuts" }
  | { kind: "publish" }
  | { kind: "rename"; nodeId: string }
  | { kind: "settings" }
  | { kind: "connect" }
  /** With what to begin a run. */
  | { kind: "begin"; then: (beginning: Beginning) => void };

export type View = "build" | "runs" | "triggers" | "versions";

export type UiState = {
  overlay: Overlay | null;
  /** The tutorial stays in its corner whatever else opens. */
  isTouring: boolean;
  setTouring: (isTouring: boolean) => void;
  show: (overlay: Overlay) => void;
  hide: () => void;
};

export type Ui = ReturnType<typeof createUi>;

export function createUi() {
  return createStore<UiState>((set) => ({
    overlay: null,
    isTouring: false,
    setTouring: (isTouring) => set({ isTouring }),
    show: (overlay) => set({ overlay }),
    hide: () => set({ overlay: null }),
  }));
}
