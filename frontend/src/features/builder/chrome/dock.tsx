// The dock below the canvas: add, undo, tidy, note, fit.

import { Maximize, Plus, Redo2, StickyNote, Undo2, WandSparkles } from "lucide-react";

import { useZoom } from "@/components/canvas/use-view";
import { Button, IconButton } from "@/components/ui/button";
import { commandById, perform } from "@/features/builder/commands";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor, useHistory } from "@/features/builder/state/context";

/** It stands in the canvas, whose zoom it shows. */
export function Dock() {
  const zoom = useZoom();
  const builder = useBuilderParts();
  const { undoable, redoable } = useHistory();
  const edit = useEditor((state) => state.edit);
  const isEmpty = useEditor((state) => state.graph.nodes.length === 0);
  const act = (id: string) => perform(commandById(id), builder);
  return (
    <div className="dock" role="toolbar" aria-label="Canvas">
      <Button variant="quiet" className="dock__add" icon={Plus} keys="Tab" onClick={() => act("add")}>
        Block
      </Button>
      <span className="dock__sep" />
      <IconButton
        icon={Undo2}
        label={undoable > 0 ? `Undo: ${edit}` : "Undo"}
        keys="Ctrl Z"
        disabled={undoable === 0}
        onClick={() => act("undo")}
      />
      <IconButton
        icon={Redo2}
        label="Redo"
        keys="Ctrl Shift Z"
        disabled={redoable === 0}
        onClick={() => act("redo")}
      />
      <span className="dock__sep" />
      <IconButton
        icon={WandSparkles}
        label="Tidy"
        keys="Shift T"
        disabled={isEmpty}
        onClick={() => act("tidy")}
      />
      <IconButton icon={StickyNote} label="Add a note" keys="N" onClick={() => act("note")} />
      <span className="dock__sep" />
      <IconButton
        icon={Maximize}
        label="Fit all blocks"
        keys="Shift 1"
        disabled={isEmpty}
        onClick={() => act("fit")}
      />
      <span className="num w-10 text-center text-12 text-text-2" title="Zoom">
        {Math.round(zoom * 100)}%
      </span>
    </div>
  );
}
