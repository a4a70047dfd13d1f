// The commands of a menu, in groups.

import type { MenuItem } from "@/components/ui/menu";
import { COMMANDS, perform } from "@/features/builder/commands";
import type { Builder } from "@/features/builder/state/builder";

/** For a block or for the canvas; what cannot be done now is left out of a block's, and grey in the canvas's. */
export function menuItems(builder: Builder, of: "block" | "canvas"): MenuItem[] {
  const items: MenuItem[] = [];
  let group = "";
  for (const command of COMMANDS.toSorted(
    (a, b) => Number(a.isDanger ?? false) - Number(b.isDanger ?? false),
  )) {
    if (command.menu !== of && command.menu !== "both") continue;
    const isDisabled = !command.enabled(builder);
    if (isDisabled && of === "block") continue;
    if (group !== "" && (group !== command.group || command.isDanger)) items.push("separator");
    group = command.group;
    const [keys] = command.keys;
    items.push({
      label: command.label,
      icon: command.icon,
      isDisabled,
      ...(keys ? { keys } : {}),
      ...(command.isDanger ? { isDanger: true } : {}),
      onSelect: () => perform(command, builder),
    });
  }
  return items;
}
