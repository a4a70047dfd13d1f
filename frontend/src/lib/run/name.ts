// What people call a run.

/** Runs have no numbers: the end of the id tells those of a graph apart. */
export function runName(runId: string): string {
  return `Run ${runId.slice(-6)}`;
}
