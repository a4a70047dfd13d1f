// The state of a run or a block: icon, word, and a hue where one is needed.

import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleStop,
  CircleX,
  History,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Pin,
  SkipForward,
} from "lucide-react";

import { Icon } from "@/components/ui/icon";
import type { RunStatus } from "@/lib/autogpt-server-api/types";
import type { StateName } from "@/lib/states";

export type { StateName };

export const STATE_ICONS: Record<StateName, LucideIcon> = {
  idle: Circle,
  queued: CircleDashed,
  running: LoaderCircle,
  waiting: Hourglass,
  ok: CircleCheck,
  partly: CircleAlert,
  failed: CircleX,
  stopped: CircleStop,
  skipped: SkipForward,
  pinned: Pin,
  stale: History,
};

export const STATE_WORDS: Record<StateName, string> = {
  idle: "Ready",
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  ok: "Completed",
  partly: "Completed with errors",
  failed: "Failed",
  stopped: "Stopped",
  skipped: "Skipped",
  pinned: "Pinned data",
  stale: "Stale",
};

const RUN_STATES: Record<RunStatus, StateName> = {
  queued: "queued",
  running: "running",
  waiting: "waiting",
  completed: "ok",
  completed_with_errors: "partly",
  failed: "failed",
  cancelled: "stopped",
};

export function runState(status: RunStatus): StateName {
  return RUN_STATES[status];
}

type StateProps = { state: StateName /** In place of the usual word. */; word?: string; isChip?: boolean };

export function State({ state, word, isChip = false }: StateProps) {
  return (
    <span className={`state s-${state} ${isChip ? "state--chip" : ""}`}>
      <Icon of={STATE_ICONS[state]} size={14} className={state === "running" ? "spin" : ""} />
      {word ?? STATE_WORDS[state]}
    </span>
  );
}
