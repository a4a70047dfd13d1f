// Running: all of it, up to a block, one block alone.

import { ChevronsRight, Play, RotateCcw, Square, StepForward } from "lucide-react";

import { theOne } from "@/features/builder/commands/block";
import type { Command } from "@/features/builder/commands/command";

export const RUN_COMMANDS: readonly Command[] = [
  {
    id: "run",
    label: "Run",
    icon: Play,
    keys: ["Ctrl Enter"],
    group: "run",
    enabled: ({ runner, editor }) => runner.mayRun() && editor.getState().graph.nodes.length > 0,
    perform: ({ runner }) => runner.runAll(),
  },
  {
    id: "run-block",
    label: "Run this block",
    icon: StepForward,
    keys: ["R"],
    group: "run",
    menu: "block",
    enabled: (builder) => builder.runner.mayRun() && theOne(builder) !== null,
    perform: (builder) => builder.runner.runOnly(theOne(builder)),
  },
  {
    id: "run-to",
    label: "Run up to here",
    icon: ChevronsRight,
    keys: ["Shift R"],
    group: "run",
    menu: "block",
    enabled: (builder) => builder.runner.mayRun() && theOne(builder) !== null,
    perform: (builder) => builder.runner.runTo(theOne(builder)),
  },
  {
    id: "retry",
    label: "Retry from the failed block",
    icon: RotateCcw,
    keys: [],
    group: "run",
    enabled: ({ runner }) => runner.mayRetry(),
    perform: ({ runner }) => runner.retry(),
  },
  {
    id: "stop",
    label: "Stop the run",
    icon: Square,
    keys: ["Ctrl ."],
    group: "run",
    enabled: ({ runner }) => runner.isGoingOn(),
    perform: ({ runner }) => runner.stop(),
  },
];
