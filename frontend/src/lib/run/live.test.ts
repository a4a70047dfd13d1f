import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { Live, type WireEvents } from "@/lib/run/live";

/** A server at the other end: it keeps the events of its runs and sends those behind `after`, as the real one does. */
class Server {
  runs = new Map<string, number>();
  ended = new Set<string>();
  opened = 0;
  line: { events: WireEvents; subscribed: Map<string, number> } | null = null;
  refused: string[] = [];
  isMute = false;
  said: Record<string, unknown>[] = [];

  connect = (events: WireEvents) => {
    this.opened += 1;
    const line = { events, subscribed: new Map<string, number>() };
    this.line = line;
    return {
      send: (text: string) => this.line === line && this.#hear(JSON.parse(text)),
      close: () => this.line === line && this.cut(),
    };
  };

  accept(): void {
    this.line?.events.onOpen();
  }

  cut(): void {
    const line = this.line;
    this.line = null;
    line?.events.onClose();
  }

  happen(run: string, count: number, options: { isEnd?: boolean } = {}): void {
    this.runs.set(run, (this.runs.get(run) ?? 0) + count);
    if (options.isEnd) this.ended.add(run);
    this.flush();
  }

  flush(): void {
    if (!this.line) return;
    for (const [run, after] of this.line.subscribed) {
      const last = this.runs.get(run) ?? 0;
      if (last > after) this.send({ op: "events", events: range(run, after + 1, last, this.ended.has(run)) });
      this.line.subscribed.set(run, last);
      if (this.ended.has(run)) {
        this.line.subscribed.delete(run);
        this.send({ op: "end", run });
      }
    }
  }

  send(message: unknown): void {
    if (!this.isMute) this.line?.events.onText(JSON.stringify(message));
  }

  #hear(message: Record<string, unknown>): void {
    this.said.push(message);
    const { op, run, after, ref } = message;
    if (ref !== undefined && typeof ref !== "string") throw new TypeError("the server takes texts");
    if (op === "ping") this.send({ op: "pong" });
    if (op === "unsubscribe") this.line?.subscribed.delete(String(run));
    if (op !== "subscribe") return;
    if (this.refused.includes(String(run))) {
      this.send({ op: "error", code: "not_found", detail: "There is no such run.", ref });
      return;
    }
    if (typeof run === "string") this.line?.subscribed.set(run, Number(after));
    this.send({ op: "subscribed", run, ref });
    this.flush();
  }
}

function range(run: string, from: number, to: number, isEnd = false): RunEvent[] {
  return Array.from({ length: to - from + 1 }, (_, place) => {
    const seq = from + place;
    const isLast = isEnd && seq === to;
    return {
      run_id: run,
      seq,
      at: "2026-11-22T16:29:41.615Z",
      kind: isLast ? "state" : "step",
      data: isLast ? { status: "completed" } : {},
    };
  });
}

function watcher() {
  const seqs: (number | null)[] = [];
  const ends: string[] = [];
  const refusals: string[] = [];
  return {
    seqs,
    ends,
    refusals,
    onEvents: (events: readonly RunEvent[]) => void seqs.push(...events.map((event) => event.seq)),
    onEnd: (run: string) => void ends.push(run),
    onRefused: ({ detail }: { detail: string }) => void refusals.push(detail),
  };
}

const oneTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1);

describe("Live", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("goes on behind the last event after a break: nothing missed, nothing twice", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const seen = watcher();
    live.followRun("r", 0, seen);
    server.accept();
    server.happen("r", 5);
    server.cut();
    expect(live.state).toBe("away");
    server.happen("r", 4); // while nobody listens
    vi.advanceTimersByTime(1_000);
    server.accept();
    expect(live.state).toBe("live");
    server.happen("r", 3, { isEnd: true });
    expect(seen.seqs).toEqual(oneTo(12));
    expect(seen.ends).toEqual(["r"]);
    expect(server.said.filter(({ op }) => op === "subscribe").map(({ after }) => after)).toEqual([0, 5]);
  });

  it("takes neither repeated events nor those behind a gap", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const seen = watcher();
    live.followRun("r", 2, seen);
    server.accept();
    server.send({ op: "events", events: range("r", 1, 4) });
    server.send({ op: "events", events: range("r", 3, 4) });
    server.send({ op: "events", events: range("r", 7, 8) });
    server.send({ op: "events", events: range("r", 5, 8) });
    expect(seen.seqs).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it("hands on what has no number, such as progress", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const seen = watcher();
    live.followRun("r", 0, seen);
    server.accept();
    server.send({ op: "events", events: [{ ...range("r", 1, 1)[0], seq: null, kind: "progress" }] });
    expect(seen.seqs).toEqual([null]);
  });

  it("gives each of two watchers of a run what it lacks", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const [first, second] = [watcher(), watcher()];
    live.followRun("r", 0, first);
    server.accept();
    server.happen("r", 6);
    live.followRun("r", 3, second);
    server.happen("r", 2);
    expect(first.seqs).toEqual(oneTo(8));
    expect(second.seqs).toEqual([4, 5, 6, 7, 8]);
    expect(server.opened).toBe(1);
  });

  it("waits longer after each failed try, and not at all once the server is known to be back", () => {
    const server = new Server();
    let breaks = 0;
    const live = new Live(server.connect, () => {
      breaks += 1;
    });
    server.isMute = true;
    live.followRun("r", 0, watcher());
    const tries: number[] = [];
    let beforeMs = Date.now();
    for (let times = 0; times < 6; times += 1) {
      if (times % 2 === 0) server.line?.events.onOpen(); // one that is taken and dropped at once counts as failed
      server.cut();
      const opened = server.opened;
      while (server.opened === opened) vi.advanceTimersByTime(50);
      tries.push(Date.now() - beforeMs);
      beforeMs = Date.now();
    }
    expect(breaks).toBe(6);
    expect(tries[0]).toBeLessThan(500);
    expect(tries[5]).toBeGreaterThan(5_000);
    expect(Math.max(...tries)).toBeLessThanOrEqual(10_100);
    server.cut();
    const opened = server.opened;
    live.wake();
    expect(server.opened).toBe(opened + 1);
  });

  it("says who is refused and keeps the others", () => {
    const server = new Server();
    server.refused = ["theirs"];
    const live = new Live(server.connect);
    const [theirs, mine] = [watcher(), watcher()];
    live.followRun("theirs", 0, theirs);
    live.followRun("mine", 0, mine);
    server.accept();
    server.happen("mine", 1);
    expect(theirs.refusals).toEqual(["There is no such run."]);
    expect(mine.seqs).toEqual([1]);
  });

  it("opens a new connection when the old one has fallen silent", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const seen = watcher();
    live.followRun("r", 0, seen);
    server.accept();
    server.isMute = true; // a connection that is gone without saying so
    vi.advanceTimersByTime(60_000);
    expect(server.opened).toBeGreaterThan(1);
  });

  it("closes a connection that nobody needs, and opens one for the next", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const stop = live.followRun("r", 0, watcher());
    server.accept();
    stop();
    vi.advanceTimersByTime(6_000);
    expect(server.line).toBeNull();
    live.followRun("r", 0, watcher());
    expect(server.opened).toBe(2);
    expect(server.line).not.toBeNull();
  });

  it("tells the watchers of a graph of each run that begins", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const seen = watcher();
    live.followGraph("g", { old: 2 }, seen);
    server.accept();
    expect(server.said.at(-1)).toMatchObject({ op: "subscribe", graph: "g", after: { old: 2 } });
    server.send({ op: "events", events: range("old", 3, 4) });
    server.send({ op: "events", events: range("new", 1, 2, true) });
    server.send({ op: "end", run: "new" });
    expect(seen.seqs).toEqual([3, 4, 1, 2]);
    expect(seen.ends).toEqual(["new"]);
  });

  it("does not take the end that a graph tells of for that of a run whose events are still to come", () => {
    const server = new Server();
    const live = new Live(server.connect);
    const [graph, run] = [watcher(), watcher()];
    live.followGraph("g", {}, graph);
    live.followRun("r", 0, run);
    server.accept();
    server.send({ op: "end", run: "r" });
    expect(run.ends).toEqual([]);
    server.happen("r", 3, { isEnd: true });
    expect(run.seqs).toEqual([1, 2, 3]);
    expect(run.ends).toEqual(["r"]);
  });
});
