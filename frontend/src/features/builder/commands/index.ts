// All commands of the editor, in the order of the palette and of the sheet of shortcuts.

import { BLOCK_COMMANDS } from "@/features/builder/commands/block";
import type { Command } from "@/features/builder/commands/command";
import { EDIT_COMMANDS } from "@/features/builder/commands/edit";
import { RUN_COMMANDS } from "@/features/builder/commands/run";
import { VIEW_COMMANDS } from "@/features/builder/commands/view";
import type { Builder } from "@/features/builder/state/builder";

export const COMMANDS: readonly Command[] = [
  ...RUN_COMMANDS,
  ...EDIT_COMMANDS,
  ...BLOCK_COMMANDS,
  ...VIEW_COMMANDS,
];

const BY_ID = new Map(COMMANDS.map((command) => [command.id, command]));

export function commandById(id: string): Command {
  const command = BY_ID.get(id);
  if (!command) throw new Error(`There is no command ${id}.`);
  return command;
}

/** Do it, if it can be done now. */
export function perform(command: Command, builder: Builder): void {
  if (command.enabled(builder)) void command.perform(builder);
}
