// A deed of the editor as a value: menu, palette, shortcuts and tests read the same list.

import type { LucideIcon } from "lucide-react";

import type { Builder } from "@/features/builder/state/builder";

export type Command = {
  id: string;
  label: string;
  icon: LucideIcon;
  /** Such as "Ctrl Shift Z"; Ctrl is Cmd on a Mac. Several: each does it. */
  keys: readonly string[];
  group: "edit" | "block" | "view" | "run" | "graph";
  /** Whether it is in the menu of a block or of the canvas. */
  menu?: "block" | "canvas" | "both";
  isDanger?: boolean;
  enabled: (builder: Builder) => boolean;
  perform: (builder: Builder) => void | Promise<void>;
};
