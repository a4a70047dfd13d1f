// How far one block of a run is, counted from what the server knew when the page came and every event since.

import type { components } from "@/lib/autogpt-server-api/schema";
import type { RunEvent, RunStatus } from "@/lib/autogpt-server-api/types";
import type { Firing } from "@/lib/run/course";
import type { NodeRun } from "@/lib/run/model";
import { msOf } from "@/lib/run/moment";
import { isFinal, type StateName } from "@/lib/states";
import { isRecord } from "@/lib/values";

export type NodeProgress = components["schemas"]["NodeProgress"];

/** What of the whole run decides how a block stands. */
export type Around = { status: RunStatus; isPinned: boolean; arrivals: number };

export class Tally {
  readonly nodeId: string;
  started = 0;
  completed = 0;
  failed = 0;
  waiting = 0;
  running = 0;
  retried = 0;
  durationMs = 0;
  usdMicros = 0;
  error: NodeRun["error"] = null;
  progress: NodeRun["progress"] = null;
  /** It takes lists of values: how many came does not tell how often it fires. */
  collects = false;

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  /** What the server has counted. */
  set(known: NodeProgress): void {
    this.started = known.started;
    this.completed = known.completed;
    this.failed = known.failed;
    this.waiting = known.waiting;
    this.running = known.running;
    this.retried = known.retried;
    this.durationMs = known.duration_ms;
    this.usdMicros = known.cost.usd_micros;
    this.error = known.last_error ? { ...known.last_error } : null;
  }

  /** Count an event; `before` is the firing as it was. */
  count(event: RunEvent, before: Pick<Firing, "state" | "fromMs"> | undefined): void {
    switch (event.kind) {
      case "started":
        this.started += 1;
        this.running += 1;
        break;
      case "finished":
        this.#end(event, before);
        this.completed += 1;
        break;
      case "failed":
        this.#end(event, before);
        this.failed += 1;
        this.error = {
          code: String(event.data.code ?? ""),
          message: String(event.data.message ?? ""),
          firing: event.firing ?? 0,
        };
        break;
      case "waiting":
        if (before?.state !== "waiting") this.#move(-1, 1);
        break;
      case "resumed":
        if (before?.state !== "running") this.#move(1, -1);
        break;
      case "retried":
        this.retried += 1;
        break;
      case "charged":
        this.usdMicros += Number(event.data.usd_micros ?? 0);
        break;
      case "progress":
        this.progress = {
          share: typeof event.data.fraction === "number" ? event.data.fraction : null,
          text: String(event.data.text ?? ""),
        };
        break;
    }
  }

  /** Whether it takes lists, as a firing tells. */
  look(event: RunEvent): void {
    if (!this.collects && isRecord(event.data.inputs))
      this.collects = Object.values(event.data.inputs).some(Array.isArray);
  }

  shown(around: Around): NodeRun {
    const { nodeId, started, completed, failed, waiting, running, retried, durationMs, usdMicros } = this;
    const total = this.collects || around.arrivals < 2 || around.arrivals < started ? null : around.arrivals;
    const state = this.#state(around, total);
    return {
      nodeId,
      state,
      started,
      completed,
      failed,
      waiting,
      running,
      retried,
      total,
      durationMs,
      usdMicros,
      error: this.error,
      progress: state === "running" ? this.progress : null,
    };
  }

  #state({ status, isPinned, arrivals }: Around, total: number | null): StateName {
    const isOver = isFinal(status);
    if (isPinned) return "pinned";
    if (this.running > 0) return isOver ? "stopped" : "running";
    if (this.waiting > 0) return isOver ? "stopped" : "waiting";
    if (this.started === 0) {
      if (isOver) return "skipped";
      return status === "queued" || arrivals > 0 ? "queued" : "idle";
    }
    if (!isOver && total !== null && this.completed + this.failed < total) return "running"; // between two items
    if (this.failed === 0) return "ok";
    return this.completed > 0 && status !== "failed" ? "partly" : "failed";
  }

  #end(event: RunEvent, before: Pick<Firing, "state" | "fromMs"> | undefined): void {
    if (before?.state === "waiting") this.waiting -= 1;
    else this.running -= 1;
    if (before) this.durationMs += msOf(event.at) - before.fromMs;
  }

  #move(running: number, waiting: number): void {
    this.running += running;
    this.waiting += waiting;
  }
}
