// What runs do, as it happens: one connection for all that the page watches, back by itself after every break.
//
// A watcher gets each numbered event of a run once and in order, whatever happens to the connection: it takes only
// the number that follows its last one, and after a break each subscription goes on behind it. Events without a number
// (progress, log) are for whoever is there; those of a break are lost.

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { isRecord } from "@/lib/values";

/** `away`: it was tried and is tried again. */
export type LiveState = "connecting" | "live" | "away";

/** Why the server lets nobody watch this. */
export type Refusal = { code: string; detail: string };

export type Watcher = {
  onEvents: (events: readonly RunEvent[]) => void;
  /** The run has come to its end; nothing follows. */
  onEnd?: (runId: string) => void;
  onRefused?: (refusal: Refusal) => void;
};

/** A connection that was asked for: it tells of itself through what it was given. */
export type Wire = { send: (text: string) => void; close: () => void };
export type WireEvents = { onOpen: () => void; onText: (text: string) => void; onClose: () => void };
export type Connect = (events: WireEvents) => Wire;

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** A connection that nobody needs any more is kept this long. */
const IDLE_MS = 5_000;
const BEAT_MS = 15_000;
const SILENT_MS = 40_000;
/** The server resumes no more runs of a graph than these; older ones have ended. */
const MOST_RESUMED = 1_000;

type Kind = "run" | "graph";
/** `last`: the number of the last event that the watcher has of each run. */
type Follower = { watcher: Watcher; last: Map<string, number> };
/** `hasEnd`: its last event has come. */
type Topic = { kind: Kind; id: string; followers: Set<Follower>; ref: string; hasEnd: boolean };

export class Live {
  readonly #connect: Connect;
  readonly #onBreak: () => void;
  readonly #topics = new Map<string, Topic>();
  readonly #listeners = new Set<() => void>();
  #wire: Wire | null = null;
  #isOpen = false;
  #state: LiveState = "connecting";
  #breaks = 0;
  #refs = 0;
  #heardMs = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;

  /** `onBreak` is called each time the connection breaks or cannot be made. */
  constructor(connect: Connect, onBreak: () => void = () => {}) {
    this.#connect = connect;
    this.#onBreak = onBreak;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Called whenever the state changes. Returns how to stop that. */
  hear(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a run does behind event number `after`. Returns how to stop it. */
  followRun(runId: string, after: number, watcher: Watcher): () => void {
    return this.#follow("run", runId, new Map([[runId, after]]), watcher);
  }

  /** What all runs of a graph do; `after` has the runs that one knows, each with the last number.
   *
   * @throws Error another graph is followed: events do not say of which graph they are.
   */
  followGraph(graphId: string, after: Readonly<Record<string, number>>, watcher: Watcher): () => void {
    const other = [...this.#topics.values()].find((topic) => topic.kind === "graph" && topic.id !== graphId);
    if (other) throw new Error(`the graph ${other.id} is followed already; stop that first`);
    return this.#follow("graph", graphId, new Map(Object.entries(after)), watcher);
  }

  /** Try at once where it would wait: the server is known to be back. */
  wake(): void {
    if (this.#wire === null && this.#topics.size > 0) this.#open();
  }

  #follow(kind: Kind, id: string, last: Map<string, number>, watcher: Watcher): () => void {
    const key = `${kind} ${id}`;
    const follower = { watcher, last };
    const topic: Topic = this.#topics.get(key) ?? { kind, id, followers: new Set(), ref: "", hasEnd: false };
    const isNew = topic.followers.size === 0;
    topic.followers.add(follower);
    this.#topics.set(key, topic);
    clearTimeout(this.#idle); // somebody needs the connection again
    if (this.#isOpen) {
      if (!isNew) this.#say({ op: "unsubscribe", [kind]: id }); // it begins anew, where the last one stands
      this.#subscribe(topic);
    } else if (this.#wire === null && this.#again === undefined) this.#open();
    return () => {
      topic.followers.delete(follower);
      if (topic.followers.size > 0 || this.#topics.get(key) !== topic) return;
      this.#topics.delete(key);
      if (this.#isOpen) this.#say({ op: "unsubscribe", [kind]: id });
      this.#rest();
    };
  }

  // -- the connection -----------------------------------------------------------------------------------

  #open(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    let wire: Wire | null = null;
    const isMine = () => wire !== null && this.#wire === wire;
    wire = this.#connect({
      onOpen: () => isMine() && this.#onOpen(),
      onText: (text) => isMine() && this.#onText(text),
      onClose: () => isMine() && this.#onClose(),
    });
    this.#wire = wire;
  }

  #onOpen(): void {
    this.#isOpen = true;
    this.#heardMs = Date.now();
    this.#beat = setInterval(() => this.#checkSilence(), BEAT_MS);
    for (const topic of this.#topics.values()) this.#subscribe(topic);
    this.#set("live");
  }

  #onClose(): void {
    this.#leave();
    if (this.#topics.size === 0) {
      this.#set("connecting");
      return;
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#breaks, LONGEST_PAUSE_MS);
    this.#breaks += 1;
    this.#again = setTimeout(() => this.#open(), pauseMs * (0.75 + Math.random() / 2)); // not all pages at the same moment
    this.#set("away");
    this.#onBreak();
  }

  #leave(): void {
    this.#wire = null;
    this.#isOpen = false;
    clearInterval(this.#beat);
  }

  /** Close it when nobody has come back for a while. */
  #rest(): void {
    if (this.#topics.size > 0) return;
    clearTimeout(this.#again);
    this.#again = undefined;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      const wire = this.#wire;
      this.#leave();
      wire?.close();
      this.#set("connecting");
    }, IDLE_MS);
  }

  /** A computer that has slept does not notice that its connection is gone. */
  #checkSilence(): void {
    if (Date.now() - this.#heardMs > SILENT_MS) {
      const wire = this.#wire;
      this.#onClose();
      wire?.close();
    } else this.#say({ op: "ping" });
  }

  #set(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  #say(message: Record<string, unknown>): void {
    this.#wire?.send(JSON.stringify(message));
  }

  // -- what goes over it ----------------------------------------------------------------------------------

  #subscribe(topic: Topic): void {
    this.#refs += 1;
    topic.ref = String(this.#refs);
    this.#say({ op: "subscribe", [topic.kind]: topic.id, after: positionOf(topic), ref: topic.ref });
  }

  #onText(text: string): void {
    this.#heardMs = Date.now();
    this.#breaks = 0; // not when it opens: a server that takes it and drops it at once is not to be besieged
    const message: unknown = JSON.parse(text);
    if (!isRecord(message)) return;
    if (message.op === "events" && Array.isArray(message.events)) this.#onEvents(message.events);
    else if (message.op === "end") this.#onEnd(message);
    else if (message.op === "error") this.#onRefused(message);
  }

  #onEvents(events: readonly RunEvent[]): void {
    const runId = events[0]?.run_id; // a message has events of one run
    if (runId === undefined) return;
    for (const topic of this.#topicsOf(runId)) {
      for (const follower of [...topic.followers]) {
        const news = unseen(follower.last, runId, events);
        if (news.length > 0) follower.watcher.onEvents(news);
      }
      topic.hasEnd ||= events.some(isEnd);
    }
  }

  /** Who is to hear of a run. Its events do not say of which graph it is: what is followed by itself is told to the
   * watchers of a graph once they know it. */
  #topicsOf(runId: string): Topic[] {
    const own = this.#topics.get(`run ${runId}`);
    const graph = [...this.#topics.values()].find((topic) => topic.kind === "graph");
    const isTheirs = graph && (!own || [...graph.followers].some(({ last }) => last.has(runId)));
    return [...(own ? [own] : []), ...(isTheirs ? [graph] : [])];
  }

  #onEnd(message: Record<string, unknown>): void {
    const runId = message.run;
    if (typeof runId !== "string") return;
    const isAlone = ![...this.#topics.values()].some((topic) => topic.kind === "graph");
    for (const topic of this.#topicsOf(runId)) {
      if (topic.kind === "run") {
        if (!topic.hasEnd && !isAlone) continue; // the graph's word: the run's own events are still on their way
        this.#topics.delete(`run ${runId}`);
      }
      for (const { watcher } of topic.followers) watcher.onEnd?.(runId);
    }
    this.#rest();
  }

  #onRefused(message: Record<string, unknown>): void {
    const found = [...this.#topics].find(([, topic]) => topic.ref === message.ref);
    if (found === undefined) return;
    const [key, topic] = found;
    this.#topics.delete(key);
    const refusal = { code: String(message.code ?? ""), detail: String(message.detail ?? "") };
    for (const { watcher } of topic.followers) watcher.onRefused?.(refusal);
    this.#rest();
  }
}

/** Those that follow the last one, and those without a number; moves the mark. */
function unseen(last: Map<string, number>, runId: string, events: readonly RunEvent[]): readonly RunEvent[] {
  let seq = last.get(runId) ?? 0;
  const news = events.filter((event) => {
    if (event.seq === null) return true;
    if (event.seq !== seq + 1) return false;
    seq = event.seq;
    return true;
  });
  last.set(runId, seq);
  return news.length === events.length ? events : news;
}

/** Where a subscription goes on: behind what all of its watchers have. */
function positionOf({ kind, id, followers }: Topic): number | Record<string, number> {
  const all = [...followers].map(({ last }) => last);
  if (kind === "run") return Math.min(...all.map((last) => last.get(id) ?? 0));
  const known = [...(all[0]?.keys() ?? [])].filter((run) => all.every((last) => last.has(run)));
  const newest = known.sort().slice(-MOST_RESUMED);
  return Object.fromEntries(newest.map((run) => [run, Math.min(...all.map((last) => last.get(run) ?? 0))]));
}

function isEnd(event: RunEvent): boolean {
  const status = event.kind === "state" ? event.data.status : undefined;
  return typeof status === "string" && !["queued", "running", "waiting"].includes(status);
}
