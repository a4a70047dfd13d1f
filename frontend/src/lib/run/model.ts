// What a run has come to, as the canvas, the strip and the panel show it.

import type { StateName } from "@/lib/states";

/** Where one node of a run is. */
export type NodeRun = {
  nodeId: string;
  state: StateName;
  /** Firings that have begun, completed, failed; those that wait for something. */
  started: number;
  completed: number;
  failed: number;
  waiting: number;
  running: number;
  retried: number;
  /** How many firings are expected, where the plan tells ("37 of 100"); null: not known. */
  total: number | null;
  /** Time that its firings took together. */
  durationMs: number;
  usdMicros: number;
  /** The last failure in the words of whoever refused. */
  error: { code: string; message: string; firing: number } | null;
  /** What watchers are told while it runs: text so far, a share from 0 to 1. */
  progress: { share: number | null; text: string } | null;
};

/** What went over a link: how many values, and the last one in a few characters. */
export type LinkRun = { linkId: string; count: number; last: string | null; isLive: boolean };
