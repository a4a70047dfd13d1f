// The timeline of a run in figures: bars for what each block did, merged where they would lie on each other.

import type { Firing, Span } from "@/lib/run/course";

export type BarState = "ok" | "failed" | "running" | "waiting" | "retry" | "stopped";

/** Place and width in percent of the track; `count` firings lie in it. */
export type Bar = { state: BarState; x: number; width: number; count: number };

export type Scale = { fromMs: number; toMs: number };

/** Those that matter most are drawn last, over the others. */
const ORDER: readonly BarState[] = ["ok", "stopped", "retry", "waiting", "running", "failed"];
/** Bars that are closer than this part of the track become one. */
const CLOSE = 0.25;
const MOST_BARS = 40;
const TICKS = 6;
/** Of a power of ten; above a minute, where people count by 60, in ms. */
const NICE = [1, 2, 5, 10];
const MINUTE_MS = 60_000;
const LONG_STEPS = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440].map(
  (minutes) => minutes * MINUTE_MS,
);

/** `isOver`: the run has ended, so what still ran was stopped then. */
export function barsOf(firings: readonly (Firing | undefined)[], scale: Scale, isOver: boolean): Bar[] {
  const lane = new Map<BarState, Bar[]>();
  for (const firing of firings) {
    if (firing === undefined) continue;
    if (isPlain(firing))
      add(lane, firing.state === "ok" ? "ok" : "failed", firing.fromMs, firing.toMs ?? 0, scale);
    else
      for (const { state, fromMs, toMs } of piecesOf(firing, scale, isOver))
        add(lane, state, fromMs, toMs, scale);
  }
  return ORDER.flatMap((state) => fewer(lane.get(state) ?? []));
}

/** Most firings begin and end, and that is all. */
function isPlain({ state, tries, waits }: Firing): boolean {
  return (state === "ok" || state === "failed") && tries.length === 0 && waits.length === 0;
}

/** Moments at which the scale is marked, in ms since its beginning, at round steps. */
export function ticksOf({ fromMs, toMs }: Scale): number[] {
  const spanMs = toMs - fromMs;
  const step = stepOf(spanMs / TICKS);
  return Array.from({ length: Math.floor(spanMs / step) }, (_, place) => (place + 1) * step);
}

function stepOf(roughMs: number): number {
  if (roughMs > 10_000) {
    const long = LONG_STEPS.find((step) => step >= roughMs);
    if (long !== undefined) return long;
  }
  const power = 10 ** Math.floor(Math.log10(roughMs));
  return power * (NICE.find((nice) => nice * power >= roughMs) ?? 10);
}

/** A run that took no time still has a width. */
export function scaleOf(fromMs: number | null, toMs: number | null): Scale {
  const from = fromMs ?? 0;
  return { fromMs: from, toMs: Math.max(toMs ?? from, from + 1) };
}

export function percent(ms: number, { fromMs, toMs }: Scale): number {
  return Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100));
}

type Piece = { state: BarState; fromMs: number; toMs: number };

function piecesOf(firing: Firing, scale: Scale, isOver: boolean): Piece[] {
  const ends = (span: Span) => span.toMs ?? scale.toMs;
  const endMs = firing.toMs ?? scale.toMs;
  const isOpen = firing.state === "running" || firing.state === "waiting";
  const last: BarState = isOpen
    ? isOver
      ? "stopped"
      : "running"
    : firing.state === "failed"
      ? "failed"
      : "ok";
  const pieces: Piece[] = [
    ...firing.tries.map((span) => ({ state: "failed" as const, fromMs: span.fromMs, toMs: ends(span) })),
    ...firing.pauses.map((span) => ({
      state: "retry" as const,
      fromMs: span.fromMs,
      toMs: Math.min(ends(span), endMs),
    })),
    ...firing.waits.map((span) => ({ state: "waiting" as const, fromMs: span.fromMs, toMs: ends(span) })),
  ];
  let fromMs = Math.min(firing.triedMs, endMs);
  for (const wait of firing.waits) {
    if (wait.fromMs > fromMs) pieces.push({ state: "ok", fromMs, toMs: wait.fromMs });
    fromMs = Math.max(fromMs, ends(wait));
  }
  if (fromMs < endMs || firing.waits.length === 0) pieces.push({ state: last, fromMs, toMs: endMs });
  return pieces;
}

function add(lane: Map<BarState, Bar[]>, state: BarState, fromMs: number, toMs: number, scale: Scale): void {
  const x = percent(fromMs, scale);
  const width = percent(toMs, scale) - x;
  const bars = lane.get(state);
  if (bars === undefined) lane.set(state, [{ state, x, width, count: 1 }]);
  else if (!joined(bars.at(-1), x, width, 1, CLOSE)) bars.push({ state, x, width, count: 1 });
}

/** A lane has room for so many bars; of more, those become one that stand close to each other. */
function fewer(bars: readonly Bar[]): readonly Bar[] {
  let left: readonly Bar[] = bars.toSorted((one, other) => one.x - other.x); // firings overlap
  for (let close = CLOSE; close === CLOSE || left.length > MOST_BARS; close *= 2) {
    const next: Bar[] = [];
    for (const bar of left) {
      if (!joined(next.at(-1), bar.x, bar.width, bar.count, close)) next.push(bar);
    }
    left = next;
  }
  return left;
}

/** Whether the bar before could take it in. */
function joined(before: Bar | undefined, x: number, width: number, count: number, close: number): boolean {
  if (before === undefined || x > before.x + before.width + close || x < before.x) return false;
  before.width = Math.max(before.width, x + width - before.x);
  before.count += count;
  return true;
}
