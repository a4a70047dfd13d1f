// Times and money in the text: short, with the exact figure on hover.

import { useSyncExternalStore } from "react";

import { ago, moment, money } from "@/lib/format";

/** "2 min ago", which goes on counting. */
export function Ago({ at }: { at: string }) {
  useSyncExternalStore(onTick, thisTick);
  const nowMs = Date.now(); // not the last tick: what happened since then would lie ahead
  return (
    <time className="num" dateTime={at} title={moment(at)}>
      {ago(at, nowMs)}
    </time>
  );
}

export function Money({ usdMicros, isGuess = false }: { usdMicros: number; isGuess?: boolean }) {
  return (
    <span className="num" title={`${(usdMicros / 1e6).toFixed(6)} US dollars`}>
      {isGuess && "≈ "}
      {money(usdMicros)}
    </span>
  );
}

const TICK_MS = 15_000;
const listeners = new Set<() => void>();
let tick = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function onTick(listener: () => void): () => void {
  if (listeners.size === 0) {
    tick = Date.now();
    timer = setInterval(() => {
      tick = Date.now();
      for (const one of listeners) one();
    }, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function thisTick(): number {
  return tick;
}
