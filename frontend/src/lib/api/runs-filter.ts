// What the address of the list of runs says, and what the server is asked for it.

import { type paths, RUN_STATUSES, type RunStatus } from "@/lib/autogpt-server-api/types";

/** The texts behind the `?`. */
export type Search = { readonly [name: string]: string | undefined };
export type RunsQuery = NonNullable<paths["/api/runs"]["get"]["parameters"]["query"]>;

/** The filters of the address by name, in the order in which they are shown. */
export const FILTERS = [
  "q",
  "graph",
  "status",
  "from",
  "to",
  "min_cost",
  "max_cost",
  "label",
  "parent",
  "retry_of",
] as const;
export type FilterName = (typeof FILTERS)[number];

/** The address without its filters and its order. */
export const NO_FILTERS: Search = Object.fromEntries([...FILTERS, "order"].map((name) => [name, undefined]));

/** Dearest first in place of newest first: `order=cost`. */
export function isByCost(search: Search): boolean {
  return search.order === "cost";
}

/** The server's words for a search. What makes no sense in an address is left out. `nowMs` says which day is today. */
export function runsQueryOf(search: Search, nowMs: number): RunsQuery {
  const statuses = statusesOf(search.status);
  const after = momentOf(search.from, nowMs);
  const before = endOf(search.to, nowMs);
  const min = microsOf(search.min_cost);
  const max = microsOf(search.max_cost);
  return {
    ...(search.graph ? { graph_id: search.graph } : {}),
    ...(statuses.length > 0 ? { status: statuses } : {}),
    ...(after ? { created_after: after } : {}),
    ...(before ? { created_before: before } : {}),
    ...(min !== null ? { min_cost_usd_micros: min } : {}),
    ...(max !== null ? { max_cost_usd_micros: max } : {}),
    ...(search.q?.trim() ? { q: search.q.trim() } : {}),
    ...(search.label ? { label: search.label } : {}),
    ...(search.parent ? { parent_run_id: search.parent } : {}),
    ...(search.retry_of ? { from_run_id: search.retry_of } : {}),
  };
}

/** "failed,running" as statuses; in the order in which runs come to them. */
export function statusesOf(text: string | undefined): RunStatus[] {
  const named = new Set((text ?? "").split(","));
  return RUN_STATUSES.filter((status) => named.has(status));
}

/** As an address has it, always in the same order. */
export function statusText(statuses: readonly RunStatus[]): string | undefined {
  return statuses.length > 0 ? statusesOf(statuses.join(",")).join(",") : undefined;
}

/** Dollars as they are written in an address, in micro-dollars; null: no amount. */
export function microsOf(dollars: string | undefined): number | null {
  if (!dollars?.trim()) return null;
  const amount = Number(dollars.trim().replace(",", "."));
  return Number.isFinite(amount) && amount >= 0 ? Math.round(amount * 1e6) : null;
}

/** A day's date as a field of type `date` has it; empty: no day. */
export function dateOf(text: string | undefined, nowMs: number): string {
  const start = text === undefined ? null : dayOf(text, nowMs);
  if (start === null) return "";
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${start.getFullYear()}-${pad(start.getMonth() + 1)}-${pad(start.getDate())}`;
}

/** The first moment of "today" or of a date here, or the very moment that is named. */
function momentOf(text: string | undefined, nowMs: number): string | null {
  if (!text) return null;
  return (dayOf(text, nowMs) ?? exactly(text))?.toISOString() ?? null;
}

/** As `momentOf`; of a day its end, since the day belongs to what is asked for. */
function endOf(text: string | undefined, nowMs: number): string | null {
  if (!text) return null;
  const start = dayOf(text, nowMs);
  if (start === null) return exactly(text)?.toISOString() ?? null;
  return new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1).toISOString();
}

function dayOf(text: string, nowMs: number): Date | null {
  if (text === "today") {
    const now = new Date(nowMs);
    return new Date(now.getFullYear(), now.getMonth(), now.getDate());
  }
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (!year) return null;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return date.getMonth() === Number(month) - 1 ? date : null;
}

function exactly(text: string): Date | null {
  const date = new Date(text);
  return text.includes("T") && !Number.isNaN(date.getTime()) ? date : null;
}
