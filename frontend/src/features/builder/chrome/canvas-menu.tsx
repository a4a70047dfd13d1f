// The menu of a block or of the canvas, where the right mouse button was pressed.

import { DropdownMenu as Radix } from "radix-ui";

import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import type { MenuItem } from "@/components/ui/menu";
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
          {items.map((item, place) =>
            item === "separator" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew each time
              <Radix.Separator key={place} className="menu__sep" />
            ) : (
              <Radix.Item
                key={item.label}
                className={`menu__item ${item.isDanger ? "menu__item--danger" : ""}`}
                disabled={item.isDisabled ?? false}
                onSelect={item.onSelect}
              >
                <ItemFace item={item} />
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function ItemFace({ item }: { item: Exclude<MenuItem, "separator"> }) {
  return (
    <>
      {item.icon ? <Icon of={item.icon} /> : <span className="w-4" />}
      {item.label}
      {item.keys && (
        <span className="push">
          <Kbd keys={item.keys} />
        </span>
      )}
    </>
  );
}
