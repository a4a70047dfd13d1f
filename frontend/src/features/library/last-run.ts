// The state of a graph's last run, out of the word that the list gives.

import { RUN_STATUSES, type RunStatus } from "@/lib/autogpt-server-api/types";

/** null: a word of a newer server. */
export function runStatus(word: string): RunStatus | null {
  return RUN_STATUSES.find((status) => status === word) ?? null;
}

const GOES_ON: ReadonlySet<string> = new Set<RunStatus>(["queued", "running", "waiting"]);

export function isOver(word: string): boolean {
  return !GOES_ON.has(word);
}
