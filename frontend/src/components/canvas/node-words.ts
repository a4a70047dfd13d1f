// What the foot of a block says: its state in words, and its figures.

import type { Typical } from "@/components/canvas/canvas-props";
import { STATE_WORDS } from "@/components/ui/state";
import { count, duration, money } from "@/lib/format";
import type { NodeView } from "@/lib/graph/view";
import type { NodeRun } from "@/lib/run/model";
import type { StateName } from "@/lib/states";

export type Foot = {
  state: StateName;
  word: string;
  time: string;
  cost: string;
  /** How far it is, from 0 to 1; null: not known, or it does not run. */
  share: number | null;
};

/** The state that a block shows: that of the run, else what it is as composed. */
export function shownState(view: Pick<NodeView, "isPinned">, state: StateName | undefined): StateName {
  if (view.isPinned && (state === undefined || state === "idle" || state === "stale")) return "pinned";
  return state ?? "idle";
}

export function footOf(
  view: Pick<NodeView, "kind" | "isPinned" | "isDisabled">,
  run: NodeRun | undefined,
  typical: Typical | undefined,
): Foot {
  const state = shownState(view, run?.state);
  const still = state === "idle" ? stillWord(view) : null;
  const figures = state === "idle" ? typicalFigures(still === null ? typical : undefined) : runFigures(run);
  return { state, word: still ?? wordOf(state, run), ...figures, share: shareOf(state, run) };
}

function wordOf(state: StateName, run: NodeRun | undefined): string {
  switch (state) {
    case "running":
      return run ? running(run) : STATE_WORDS.running;
    case "waiting":
      return (
        run?.progress?.text ||
        (run && run.waiting > 1 ? `${count(run.waiting)} waiting` : STATE_WORDS.waiting)
      );
    case "ok":
      return run && run.completed > 1 ? `Completed ${count(run.completed)}` : STATE_WORDS.ok;
    case "failed":
      return run?.error ? `Failed: ${run.error.message}` : STATE_WORDS.failed;
    case "partly":
      return run ? `${count(run.failed)} of ${count(run.failed + run.completed)} failed` : STATE_WORDS.partly;
    case "skipped":
      return "Skipped, no value came";
    default:
      return STATE_WORDS[state];
  }
}

function running(run: NodeRun): string {
  if (run.progress?.text) return run.progress.text;
  const done = run.completed + run.failed;
  if (run.total !== null && run.total > 1)
    return `Running ${count(Math.min(done + 1, run.total))} of ${count(run.total)}`;
  if (done > 0) return `Running ${count(done + 1)}`;
  return run.retried > 0 ? `Running, try ${count(run.retried + 1)}` : STATE_WORDS.running;
}

/** Why an idle block will not run; null: it will. */
function stillWord(view: Pick<NodeView, "kind" | "isDisabled">): string | null {
  if (view.kind === "missing") return "Cannot run";
  return view.isDisabled ? "Disabled" : null;
}

function typicalFigures(typical: Typical | undefined): { time: string; cost: string } {
  if (!typical) return { time: "", cost: "" };
  const cost = typical.usdMicros > 0 ? `≈ ${money(typical.usdMicros)}` : "";
  return { time: `≈ ${duration(typical.durationMs)}`, cost };
}

function runFigures(run: NodeRun | undefined): { time: string; cost: string } {
  return {
    time: run && run.durationMs > 0 ? duration(run.durationMs) : "",
    cost: run && run.usdMicros > 0 ? money(run.usdMicros) : "",
  };
}

function shareOf(state: StateName, run: NodeRun | undefined): number | null {
  if (state !== "running" || !run) return null;
  if (run.progress?.share !== null && run.progress?.share !== undefined) return run.progress.share;
  return run.total ? Math.min(1, (run.completed + run.failed) / run.total) : null;
}
