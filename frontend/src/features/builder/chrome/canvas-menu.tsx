// The menu of a block or of the canvas, where the right mouse button was pressed.

import { DropdownMenu as Radix } from "radix-ui";

import { MenuEntries } from "@/components/ui/menu";
import { menuItems } from "@/features/builder/commands/menu-items";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import type { Point } from "@/lib/graph/edit";

/** `nodeId` null: the canvas itself. */
export type MenuPlace = { nodeId: string | null; screen: Point };

export function CanvasMenu({ place, onClose }: { place: MenuPlace; onClose: () => void }) {
  const builder = useBuilderParts();
  const items = menuItems(builder, place.nodeId === null ? "canvas" : "block");
  return (
    <Radix.Root open modal={false} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Trigger asChild>
        <span className="fixed size-0" style={{ left: place.screen.x, top: place.screen.y }} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="menu"
          align="start"
          collisionPadding={8}
          aria-label={place.nodeId === null ? "Canvas" : "Block"}
        >
          <MenuEntries items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
