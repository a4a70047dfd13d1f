// What each firing of a run went through: when it worked, waited and tried again, and for which item.

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { msOf } from "@/lib/run/moment";
import { inOneLine, isRecord } from "@/lib/values";

/** One step of the path to an item: the `index`-th that a firing of the block gave out. */
export type ItemStep = { node_id: string; ordinal: number; index: number };

export type FiringState = "running" | "waiting" | "ok" | "failed";

/** A stretch of time, in ms since 1970; `toMs` null: it goes on. */
export type Span = { fromMs: number; toMs: number | null };

export type Firing = {
  nodeId: string;
  firing: number;
  /** The item it works on; empty outside of lists. */
  item: readonly ItemStep[];
  /** The item as text, to be compared. */
  itemKey: string;
  state: FiringState;
  fromMs: number;
  toMs: number | null;
  /** Tries that failed, before the one that counts. */
  tries: Span[];
  /** Between tries: pauses; else: for a person, a time or another run. */
  pauses: Span[];
  waits: Span[];
  error: string | null;
  usdMicros: number;
  /** It was not run: another run had its result. */
  isReused: boolean;
  /** Items that it gave out, the first pin's value of each as text. */
  opened: string[];
  /** Where its last try began. */
  triedMs: number;
};

/** All firings of a run that its events told of. */
export class Course {
  readonly #firings = new Map<string, Firing[]>();
  readonly #openers = new Set<string>();

  /** By their numbers; of a run that was not read from its beginning there may be gaps. */
  of(nodeId: string): readonly Firing[] {
    return this.#firings.get(nodeId) ?? NONE;
  }

  /** Blocks that give out items. */
  get openers(): ReadonlySet<string> {
    return this.#openers;
  }

  find(nodeId: string, firing: number): Firing | undefined {
    return this.#firings.get(nodeId)?.[firing];
  }

  /** Take an event of a firing in; the firing it is about. */
  take(event: RunEvent, nodeId: string, number: number): Firing | undefined {
    const atMs = msOf(event.at);
    if (event.kind === "started") return this.#begin(event, nodeId, number, atMs);
    const firing = this.find(nodeId, number);
    if (firing) {
      if (event.kind === "yielded" && typeof event.data.index === "number") this.#open(firing, event);
      else change(firing, event, atMs);
    }
    return firing;
  }

  #begin(event: RunEvent, nodeId: string, number: number, atMs: number): Firing {
    const item = itemOf(event.data.item);
    const firing: Firing = {
      nodeId,
      firing: number,
      item,
      itemKey: itemKey(item),
      state: "running",
      fromMs: atMs,
      toMs: null,
      tries: [],
      pauses: [],
      waits: [],
      error: null,
      usdMicros: 0,
      isReused: false,
      opened: [],
      triedMs: atMs,
    };
    const known = this.#firings.get(nodeId);
    if (known) known[number] = firing;
    else {
      const made: Firing[] = [];
      made[number] = firing;
      this.#firings.set(nodeId, made);
    }
    return firing;
  }

  #open(firing: Firing, event: RunEvent): void {
    const index = Number(event.data.index);
    this.#openers.add(firing.nodeId);
    firing.opened[index] ??= inOneLine(event.data.value, 80);
  }
}

const NONE: readonly Firing[] = [];

/** Two items are the same if their keys are; what was made inside of an item begins with its key. */
export function itemKey(item: readonly ItemStep[]): string {
  return item.map((step) => `${step.node_id}\u0001${step.ordinal}\u0001${step.index}\u0002`).join("");
}

function change(firing: Firing, event: RunEvent, atMs: number): void {
  switch (event.kind) {
    case "finished":
      end(firing, "ok", atMs);
      break;
    case "failed":
      end(firing, "failed", atMs);
      firing.error = String(event.data.message ?? "");
      break;
    case "waiting":
      firing.state = "waiting";
      firing.waits.push({ fromMs: atMs, toMs: null });
      break;
    case "resumed":
      firing.state = "running";
      closeLast(firing.waits, atMs);
      break;
    case "retried": {
      const goesOnMs = atMs + Number(event.data.pause_s ?? 0) * 1_000;
      firing.tries.push({ fromMs: firing.triedMs, toMs: atMs });
      firing.pauses.push({ fromMs: atMs, toMs: goesOnMs });
      firing.triedMs = goesOnMs;
      break;
    }
    case "charged":
      firing.usdMicros += Number(event.data.usd_micros ?? 0);
      break;
    case "reused":
      firing.isReused = true;
      break;
  }
}

function end(firing: Firing, state: FiringState, atMs: number): void {
  firing.state = state;
  firing.toMs = atMs;
  closeLast(firing.waits, atMs);
}

function closeLast(spans: Span[], atMs: number): void {
  const last = spans.at(-1);
  if (last) last.toMs ??= atMs;
}

function itemOf(told: unknown): readonly ItemStep[] {
  return Array.isArray(told) ? told.filter(isItemStep) : [];
}

function isItemStep(step: unknown): step is ItemStep {
  return (
    isRecord(step) &&
    typeof step.node_id === "string" &&
    typeof step.ordinal === "number" &&
    typeof step.index === "number"
  );
}
