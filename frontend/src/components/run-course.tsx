// A run as one row of small blocks, or a graph's last runs: what became of each at a glance.
// Never the only sign: the word stands beside it, and `says` tells the same to who cannot see it.

import { STATE_WORDS, type StateName } from "@/components/ui/state";
import { counted } from "@/lib/format";

export type CourseStep = { name: string; state: StateName };

/** More blocks than these are folded into as many, each in the worst state of those it stands for. */
const MOST = 20;

/** What wants attention first; the later ones yield to the earlier. */
const BY_WEIGHT: readonly StateName[] = [
  "failed",
  "partly",
  "waiting",
  "running",
  "stopped",
  "pinned",
  "stale",
  "queued",
  "idle",
  "ok",
  "skipped",
];

export function RunCourse({ steps, of = "block" }: { steps: readonly CourseStep[]; of?: "block" | "run" }) {
  const says = courseSays(steps, of);
  return (
    <span className="course course--sm" role="img" aria-label={says} title={says}>
      {folded(steps).map((state, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a place in the row is all that a small block is
        <i key={place} className={`s-${state}`} />
      ))}
    </span>
  );
}

/** "6 blocks: 1 failed, 4 completed, 1 skipped". */
export function courseSays(steps: readonly CourseStep[], of: "block" | "run"): string {
  const counts = BY_WEIGHT.map(
    (state) => [state, steps.filter((step) => step.state === state).length] as const,
  )
    .filter(([, times]) => times > 0)
    .map(([state, times]) => `${times} ${STATE_WORDS[state].toLowerCase()}`);
  return counts.length > 0 ? `${counted(steps.length, of)}: ${counts.join(", ")}` : counted(steps.length, of);
}

export function folded(steps: readonly CourseStep[]): StateName[] {
  const cells = Math.min(MOST, steps.length);
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * steps.length) / cells);
    const to = Math.floor(((cell + 1) * steps.length) / cells);
    return worst(steps.slice(from, to));
  });
}

function worst(steps: readonly CourseStep[]): StateName {
  return BY_WEIGHT.find((state) => steps.some((step) => step.state === state)) ?? "idle";
}
