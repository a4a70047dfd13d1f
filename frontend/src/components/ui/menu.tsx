// A menu of deeds: behind a button, or where one pressed the right mouse button.

import type { LucideIcon } from "lucide-react";
import { DropdownMenu as Radix, ContextMenu as RadixContext } from "radix-ui";
import { Fragment, type ReactElement } from "react";

import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";

export type MenuItem =
  | "separator"
  | {
      label: string;
      icon?: LucideIcon;
      keys?: string;
      isDanger?: boolean;
      isDisabled?: boolean;
      onSelect: () => void;
    };

type MenuProps = {
  items: readonly MenuItem[];
  align?: "start" | "end";
  /** The button that opens it. */
  children: ReactElement;
};

export function Menu({ items, align = "end", children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          <MenuEntries items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The entries of a drop-down, for one that opens in its own way. */
export function MenuEntries({ items }: { items: readonly MenuItem[] }) {
  return keyed(items).map(([key, item]) =>
    item === "separator" ? (
      <Radix.Separator key={key} className="menu__sep" />
    ) : (
      <Radix.Item
        key={key}
        className={`menu__item ${item.isDanger ? "menu__item--danger" : ""}`}
        disabled={item.isDisabled ?? false}
        onSelect={item.onSelect}
      >
        <Face item={item} />
      </Radix.Item>
    ),
  );
}

/** The same items where the right mouse button is pressed on `children`. */
export function ContextMenu({ items, children }: Omit<MenuProps, "align">) {
  return (
    <RadixContext.Root modal={false}>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className="menu" collisionPadding={8}>
          {keyed(items).map(([key, item]) =>
            item === "separator" ? (
              <RadixContext.Separator key={key} className="menu__sep" />
            ) : (
              <RadixContext.Item
                key={key}
                className={`menu__item ${item.isDanger ? "menu__item--danger" : ""}`}
                disabled={item.isDisabled ?? false}
                onSelect={item.onSelect}
              >
                <Face item={item} />
              </RadixContext.Item>
            ),
          )}
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}

function Face({ item }: { item: Exclude<MenuItem, "separator"> }) {
  return (
    <Fragment>
      {item.icon ? <Icon of={item.icon} /> : <span className="w-4" />}
      <span className="truncate">{item.label}</span>
      {item.keys && (
        <span className="push">
          <Kbd keys={item.keys} />
        </span>
      )}
    </Fragment>
  );
}

function keyed(items: readonly MenuItem[]): [string, MenuItem][] {
  let separators = 0;
  return items.map((item) => [item === "separator" ? `separator-${separators++}` : item.label, item]);
}
