// The bar above a block that the hand is over: the deeds one wants most, the rest in its menu.

import { ChevronsRight, CopyPlus, Ellipsis, Pin, StepForward } from "lucide-react";

import { IconButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { commandById, perform } from "@/features/builder/commands";
import { menuItems } from "@/features/builder/commands/menu-items";
import { useBuilderParts } from "@/features/builder/state/builder-context";

const SHOWN = [
  ["run-block", StepForward],
  ["run-to", ChevronsRight],
  ["pin", Pin],
  ["duplicate", CopyPlus],
] as const;

export function BlockBar({ nodeId }: { nodeId: string }) {
  const builder = useBuilderParts();
  const choose = () => {
    if (!builder.editor.getState().selection.has(nodeId)) builder.editor.getState().select([nodeId]);
  };
  return (
    <div className="nodebar nodrag" role="toolbar" aria-label="Block">
      {SHOWN.map(([id, icon]) => {
        const command = commandById(id);
        const [keys] = command.keys;
        return (
          <IconButton
            key={id}
            icon={icon}
            label={command.label}
            {...(keys ? { keys } : {})}
            tabIndex={-1}
            onClick={() => {
              choose();
              perform(command, builder);
            }}
          />
        );
      })}
      <Menu items={menuItems(builder, "block")}>
        <button
          type="button"
          className="btn btn--quiet btn--icon"
          aria-label="More"
          tabIndex={-1}
          onPointerDown={choose}
        >
          <Ellipsis aria-hidden size={16} strokeWidth={1.75} />
        </button>
      </Menu>
    </div>
  );
}
