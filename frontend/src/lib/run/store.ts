// A run as its events tell it, for the canvas, the timeline and the panel.
//
// What comes is counted at once and shown once a frame, so that a run of many thousand firings stays smooth. Events may
// come in any portions and twice; each is taken once. What the server has counted already (`begin`) is not counted
// again: older events only tell when what happened, and what went over the links.

import type { Link, RunEvent, RunStatus } from "@/lib/autogpt-server-api/types";
import { Course } from "@/lib/run/course";
import type { LinkRun, NodeRun } from "@/lib/run/model";
import { msOf } from "@/lib/run/moment";
import { type NodeProgress, Tally } from "@/lib/run/tally";
import { type LinkTally, Traffic } from "@/lib/run/traffic";
import { isFinal } from "@/lib/states";
import { inOneLine } from "@/lib/values";

/** Calls back before the next picture is drawn. */
export type Schedule = (work: () => void) => void;

export type Totals = {
  status: RunStatus;
  firings: number;
  usdMicros: number;
  /** When it was begun, and the moment of its last event; ms since 1970, null: nothing has happened yet. */
  fromMs: number | null;
  toMs: number | null;
  /** Whether all of its events were read from the first one on. */
  isWhole: boolean;
};

type RunPlan = {
  links: readonly Link[];
  status: RunStatus;
  /** Blocks whose outputs were given with the run. */
  pinned?: ReadonlySet<string>;
};

const KEPT_EVENTS = 10_000;
const LONGEST_LAST = 48;
const NO_NODES: ReadonlySet<string> = new Set();

export class RunStore {
  readonly course = new Course();
  readonly #traffic: Traffic;
  readonly #pinned: ReadonlySet<string>;
  readonly #schedule: Schedule;
  readonly #tallies = new Map<string, Tally>();
  readonly #listeners = new Set<() => void>();
  readonly #nodes = new Map<string, NodeRun>();
  readonly #links = new Map<string, LinkRun>();
  readonly #newNodes = new Set<string>();
  readonly #newLinks = new Set<LinkTally>();
  #log: RunEvent[] = [];
  #status: RunStatus;
  #lastSeq = 0;
  #countedSeq = 0;
  #isWhole = true;
  #fromMs: number | null = null;
  #toMs: number | null = null;
  #isScheduled = false;
  #version = 0;
  #totals: Totals;

  constructor({ links, status, pinned = NO_NODES }: RunPlan, schedule: Schedule = beforeNextFrame) {
    this.#traffic = new Traffic(links);
    this.#pinned = pinned;
    this.#status = status;
    this.#schedule = schedule;
    this.#totals = this.#sum();
  }

  // -- what comes in ------------------------------------------------------------------------------------

  /** What the server has counted up to event number `after`. Events are read from number `from` on, 0: from the first. */
  begin(known: readonly NodeProgress[], after: number, from = 0): void {
    this.#lastSeq = Math.max(this.#lastSeq, from);
    this.#isWhole = from === 0;
    this.settle(known, after);
  }

  /** The same again, once the server has counted more. */
  settle(known: readonly NodeProgress[], after: number): void {
    if (after < this.#countedSeq || (this.#countedSeq > 0 && after < this.#lastSeq)) return;
    this.#countedSeq = after;
    for (const node of known) this.#tally(node.node_id).set(node);
    this.#renewAll();
  }

  take(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.seq !== null) {
        if (event.seq <= this.#lastSeq) continue;
        this.#lastSeq = event.seq;
      }
      this.#take(event);
    }
    this.#renew();
  }

  /** The number of the last event that was taken: what follows is wanted. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Whether its last event was taken, or it had ended before. */
  get isOver(): boolean {
    return isFinal(this.#status);
  }

  #take(event: RunEvent): void {
    this.#keep(event);
    const { node_id: nodeId, firing: number } = event;
    if (typeof nodeId === "string" && typeof number === "number") this.#takeFiring(event, nodeId, number);
    else if (event.kind === "state") this.#setStatus(event);
  }

  #takeFiring(event: RunEvent, nodeId: string, number: number): void {
    const tally = this.#tally(nodeId);
    const known = this.course.find(nodeId, number);
    const before =
      known && event.kind !== "yielded" ? { state: known.state, fromMs: known.fromMs } : undefined;
    const isRepeated = event.kind === "started" && known !== undefined;
    const wasAtWork = tally.running > 0;
    if (event.seq !== null) this.course.take(event, nodeId, number);
    if (event.seq === null || (event.seq > this.#countedSeq && !isRepeated)) tally.count(event, before);
    if (event.kind === "started") tally.look(event);
    if (event.kind === "yielded" || event.kind === "failed") this.#pass(event, nodeId);
    if (event.kind !== "yielded") this.#newNodes.add(nodeId);
    if (tally.running > 0 !== wasAtWork) {
      for (const link of this.#traffic.into(nodeId)) this.#newLinks.add(link);
    }
  }

  #pass(event: RunEvent, nodeId: string): void {
    for (const tally of this.#traffic.take(event, nodeId)) {
      this.#newLinks.add(tally);
      this.#newNodes.add(tally.link.sink_id);
    }
  }

  #setStatus(event: RunEvent): void {
    const status = event.data.status;
    if (!isRunStatus(status) || status === this.#status) return;
    if (isFinal(this.#status)) return; // an old event of a run that is known to have ended
    this.#status = status;
    this.#renewAll();
  }

  #keep(event: RunEvent): void {
    const atMs = msOf(event.at);
    this.#fromMs ??= atMs;
    if (this.#toMs === null || atMs > this.#toMs) this.#toMs = atMs;
    this.#log.push(event);
    if (this.#log.length > KEPT_EVENTS * 1.2) this.#log = this.#log.slice(-KEPT_EVENTS);
  }

  #tally(nodeId: string): Tally {
    const known = this.#tallies.get(nodeId);
    if (known) return known;
    const made = new Tally(nodeId);
    this.#tallies.set(nodeId, made);
    return made;
  }

  // -- what is shown: the same objects until something of them changes ------------------------------------

  /** Called once a frame at most, when something has changed. Returns how to stop that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  node = (id: string): NodeRun | undefined => this.#nodes.get(id);

  link = (id: string): LinkRun | undefined => this.#links.get(id);

  totals = (): Totals => this.#totals;

  /** Grows with every change that is shown. */
  version = (): number => this.#version;

  /** The last 10,000 events, oldest first. */
  get log(): readonly RunEvent[] {
    return this.#log;
  }

  #renewAll(): void {
    for (const nodeId of this.#tallies.keys()) this.#newNodes.add(nodeId);
    for (const link of this.#traffic.all) this.#newLinks.add(link);
    this.#renew();
  }

  #renew(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      this.#show();
    });
  }

  #show(): void {
    for (const nodeId of this.#newNodes) {
      const around = {
        status: this.#status,
        isPinned: this.#pinned.has(nodeId),
        arrivals: this.#traffic.arrivals(nodeId),
      };
      this.#nodes.set(nodeId, this.#tally(nodeId).shown(around));
    }
    for (const { link, count, last } of this.#newLinks) {
      const isAtWork = (this.#tallies.get(link.sink_id)?.running ?? 0) > 0;
      this.#links.set(link.id, {
        linkId: link.id,
        count,
        last: last === undefined ? null : inOneLine(last, LONGEST_LAST),
        isLive: count > 0 && isAtWork && !isFinal(this.#status),
      });
    }
    this.#newNodes.clear();
    this.#newLinks.clear();
    this.#totals = this.#sum();
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  #sum(): Totals {
    let firings = 0;
    let usdMicros = 0;
    for (const tally of this.#tallies.values()) {
      firings += tally.started;
      usdMicros += tally.usdMicros;
    }
    const { status, fromMs, toMs, isWhole } = {
      status: this.#status,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      isWhole: this.#isWhole,
    };
    return { status, firings, usdMicros, fromMs, toMs, isWhole };
  }
}

/** Before the next picture; within half a second where no pictures are drawn, as in a tab that nobody looks at. */
function beforeNextFrame(work: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    work();
  };
  const timer = setTimeout(once, 500);
  const frame = requestAnimationFrame(once);
}

const STATUSES: Record<RunStatus, true> = {
  queued: true,
  running: true,
  waiting: true,
  completed: true,
  completed_with_errors: true,
  failed: true,
  cancelled: true,
};

function isRunStatus(status: unknown): status is RunStatus {
  return typeof status === "string" && Object.hasOwn(STATUSES, status);
}
