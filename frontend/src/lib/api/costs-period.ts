// The span of time that costs are summed up for. Days are those of UTC, as the server counts them.

import type { Search } from "@/lib/api/runs-filter";

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
/** As many days as a chart can show; a longer span begins later. */
const MOST_DAYS = 366;

/** Dates as 2026-01-31, both within the span. */
export type Period = { first: string; last: string };

/** What `from` may say in place of a date, so that an address means the same span tomorrow. */
const SPANS = ["7d", "30d", "90d", "month"] as const;
export type Span = (typeof SPANS)[number];

export function spanOf(search: Search): Span | null {
  if (search.to) return null;
  if (!search.from) return "30d";
  return SPANS.find((span) => span === search.from) ?? null;
}

/** `from` and `to` of the address; what makes no sense counts as not said. */
export function periodOf(search: Search, nowMs: number): Period {
  const today = dateOf(nowMs);
  const named = spanOf(search);
  if (named === "month") return { first: `${today.slice(0, 8)}01`, last: today };
  if (named !== null) return { first: daysBefore(today, Number.parseInt(named, 10) - 1), last: today };
  const last = isDate(search.to) && search.to < today ? search.to : today;
  const first = isDate(search.from) && search.from <= last ? search.from : daysBefore(last, USUAL_DAYS - 1);
  const earliest = daysBefore(last, MOST_DAYS - 1);
  return first >= earliest ? { first, last } : { first: earliest, last };
}

/** The moments that bound it; `to` is the first one that is not within. */
export function momentsOf({ first, last }: Period): { from: string; to: string } {
  return { from: `${first}T00:00:00Z`, to: `${daysBefore(last, -1)}T00:00:00Z` };
}

/** Every date of it, in order. */
export function datesOf({ first, last }: Period): string[] {
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, place) => daysBefore(first, -place));
}

function daysBefore(date: string, days: number): string {
  return dateOf(Date.parse(date) - days * DAY_MS);
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function isDate(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
