// Which command a pressed key means. While somebody types, only the keys that mean nothing in a text.

import type { Command } from "@/features/builder/commands/command";

export type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** These work in a field too. */
const IN_FIELDS = new Set(["run", "palette", "stop", "publish"]);
/** The browser's own events do these (see `useClipboard`): they may use the clipboard without asking. */
const BY_EVENT = new Set(["copy", "cut", "paste"]);
/** Only while the canvas has the focus: elsewhere these keys move it, or press what has it. */
const ON_CANVAS = new Set(["Tab", "Enter", "Delete", "Backspace"]);

export type Where = { isTyping: boolean; isOnCanvas: boolean };

export function commandFor(commands: readonly Command[], press: Press, where: Where): Command | null {
  for (const command of commands) {
    if (BY_EVENT.has(command.id) || (where.isTyping && !IN_FIELDS.has(command.id))) continue;
    for (const keys of command.keys) {
      if (matches(keys, press) && (where.isOnCanvas || !ON_CANVAS.has(keys))) return command;
    }
  }
  return null;
}

/** Whether a press is what "Ctrl Shift Z" says. Ctrl is Cmd too. */
export function matches(keys: string, press: Press): boolean {
  const parts = keys.split(" ");
  const key = parts.at(-1) ?? "";
  const wantsShift = parts.includes("Shift");
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key); // "?" needs Shift on most keyboards and is itself without
  if ((press.ctrlKey || press.metaKey) !== parts.includes("Ctrl") || press.altKey !== parts.includes("Alt"))
    return false;
  if (!isSign && press.shiftKey !== wantsShift) return false;
  return press.key.toLowerCase() === key.toLowerCase() || (wantsShift && SHIFTED[key] === press.key);
}

const SHIFTED: Record<string, string> = { "1": "!" };

export function isTypingIn(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) ||
    target.closest(".cm-editor") !== null
  );
}
