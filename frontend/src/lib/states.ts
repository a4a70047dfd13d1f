// The states that a run or a block can be in, as people see them.

import type { RunStatus } from "@/lib/autogpt-server-api/types";

export type StateName =
  | "idle"
  | "queued"
  | "running"
  | "waiting"
  | "ok"
  | "partly"
  | "failed"
  | "stopped"
  | "skipped"
  | "pinned"
  | "stale";

/** Whether a run has come to its end. */
export function isFinal(status: RunStatus): boolean {
  return status !== "queued" && status !== "running" && status !== "waiting";
}
