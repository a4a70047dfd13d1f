// Keys of the whole page become commands.

import { useEffect } from "react";

import { COMMANDS, perform } from "@/features/builder/commands";
import { commandFor, isTypingIn } from "@/features/builder/commands/keys";
import { useBuilderParts } from "@/features/builder/state/builder-context";

export function useShortcuts(isOn: boolean): void {
  const builder = useBuilderParts();
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        event.repeat ||
        builder.ui.getState().overlay !== null ||
        isInLayer(event.target)
      )
        return;
      const where = { isTyping: isTypingIn(event.target), isOnCanvas: isOnCanvas(event.target) };
      const command = commandFor(COMMANDS, event, where);
      if (command === null || !command.enabled(builder)) return;
      event.preventDefault();
      perform(command, builder);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [builder, isOn]);
}

/** A menu or a dialog has the keys for itself. */
function isInLayer(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("[role=menu], [role=dialog], [role=alertdialog], [role=listbox]") !== null
  );
}

/** On the canvas itself, or nowhere: a press on it leaves the focus with the page. */
function isOnCanvas(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target === document.body || target.closest(".canvas") !== null;
}
