// All that a command may use: the editor, the canvas, what lies over it, and runs.

import type { CanvasHandle } from "@/components/canvas/canvas-props";
import type { Runner } from "@/features/builder/run/runner";
import type { Workbench } from "@/features/builder/state/context";
import type { Ui } from "@/features/builder/state/ui";

export type Builder = Workbench & {
  ui: Ui;
  runner: Runner;
  /** The canvas as it stands; null before it is drawn. */
  canvas: () => CanvasHandle | null;
};
