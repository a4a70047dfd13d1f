// An empty canvas says what to do first.

import { Blocks, GraduationCap, Plus } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/status";
import { commandById, perform } from "@/features/builder/commands";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";

export function EmptyCanvas() {
  const builder = useBuilderParts();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  if (isReadOnly) {
    return (
      <div className="empty-canvas">
        <Empty icon={Blocks} title="This graph has no blocks yet" />
      </div>
    );
  }
  return (
    <div className="empty-canvas">
      <Empty
        icon={Blocks}
        title="Begin with what starts it"
        action={
          <div className="row">
            <Button variant="ink" icon={Plus} keys="Tab" onClick={() => perform(commandById("add"), builder)}>
              Add the first block
            </Button>
            <Button icon={GraduationCap} onClick={() => builder.ui.getState().setTouring(true)}>
              Show me how
            </Button>
          </div>
        }
      >
        Add an input or a trigger, then a block that works with its value. Drag from a pin on the right of one
        block to a pin on the left of the next, and press Run.
      </Empty>
    </div>
  );
}
