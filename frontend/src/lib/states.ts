// The states that a run or a block can be in, as people see them.

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
