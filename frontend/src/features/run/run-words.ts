// What the run screen says: the short name of a run, what an event tells, what a firing waits for.

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { duration, money } from "@/lib/format";
import { pinLabel } from "@/lib/graph/pins";
import { inOneLine } from "@/lib/values";

const WAITS_FOR: Record<string, string> = {
  person: "a person",
  time: "a moment that is still to come",
  graph: "the run that it started",
};

export function waitsForWords(kind: unknown): string {
  return WAITS_FOR[String(kind)] ?? String(kind);
}

/** What an event tells, in one line; the block it is about stands beside it. */
export function eventWords({ kind, data }: RunEvent): string {
  switch (kind) {
    case "state":
      return `Run: ${String(data.status ?? "").replaceAll("_", " ")}`;
    case "started":
      return "Began";
    case "yielded":
      return `${pinLabel(String(data.pin ?? ""))}: ${inOneLine(data.value, 160)}`;
    case "finished":
      return "Completed";
    case "failed":
      return `Failed: ${String(data.message ?? "")}`;
    case "retried":
      return `Tries again in ${duration(Number(data.pause_s ?? 0) * 1_000)}: ${String(data.message ?? "")}`;
    case "waiting":
      return `Waits for ${waitsForWords(data.for)}`;
    case "resumed":
      return "Goes on";
    case "charged":
      return `Cost ${money(Number(data.usd_micros ?? 0))}`;
    case "reused":
      return "Took over the result of another run";
    case "step":
      return `Remembers ${String(data.key ?? "a step")}`;
    case "called":
      return "Called as a tool";
    case "progress":
    case "log":
      return String(data.text ?? "");
    default:
      return kind;
  }
}
