import { describe, expect, it } from "vitest";

import { COMMANDS } from "@/features/builder/commands";
import { commandFor, matches, type Press } from "@/features/builder/commands/keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const canvas = { isTyping: false, isOnCanvas: true };

describe("keys", () => {
  it.each([
    ["Ctrl Z", press("z", { ctrlKey: true }), true],
    ["Ctrl Z", press("z", { metaKey: true }), true],
    ["Ctrl Z", press("Z", { ctrlKey: true, shiftKey: true }), false],
    ["Ctrl Shift Z", press("Z", { ctrlKey: true, shiftKey: true }), true],
    ["D", press("d"), true],
    ["D", press("d", { ctrlKey: true }), false],
    ["?", press("?", { shiftKey: true }), true],
    ["Shift 1", press("!", { shiftKey: true }), true],
  ])("%s: %o is %s", (keys, pressed, is) => expect(matches(keys, pressed)).toBe(is));

  it("does nothing to a text that somebody types, but runs and opens the palette", () => {
    const typing = { isTyping: true, isOnCanvas: false };
    expect(commandFor(COMMANDS, press("d"), typing)).toBeNull();
    expect(commandFor(COMMANDS, press("z", { ctrlKey: true }), typing)).toBeNull();
    expect(commandFor(COMMANDS, press("Enter", { ctrlKey: true }), typing)?.id).toBe("run");
    expect(commandFor(COMMANDS, press("k", { ctrlKey: true }), typing)?.id).toBe("palette");
  });

  it("leaves Tab to the browser outside the canvas", () => {
    expect(commandFor(COMMANDS, press("Tab"), canvas)?.id).toBe("add");
    expect(commandFor(COMMANDS, press("Tab"), { isTyping: false, isOnCanvas: false })).toBeNull();
  });

  it("has no key that means two commands", () => {
    const keys = COMMANDS.flatMap((command) => command.keys.map((one) => one.toLowerCase()));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
