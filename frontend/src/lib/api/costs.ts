// What was spent: day by day, and by what it went to.

import { api, unwrap } from "@/lib/api/client";
import { datesOf, momentsOf, type Period } from "@/lib/api/costs-period";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type CostRow = components["schemas"]["CostRow"];
export type CostGroup = components["schemas"]["CostGroup"];
type Costs = components["schemas"]["Costs"];

/** Of which graph (undefined: of all), and whose money: "own", "all", or a user's id. */
export type Selection = { period: Period; graph: string | undefined; whose: string };

/** `date` as 2026-01-31. */
export type DayCost = { date: string; usdMicros: number; charges: number };

const PAGE = 50;
const LARGEST_PAGE = 200;

/** Every day of the period in order, those without costs too. */
export function dailyCostsQuery(selection: Selection) {
  return query<DayCost[]>([...keys.costs, "daily", selection], async ({ signal }) => {
    const rows = await allPages((cursor) => readCosts(selection, "day", LARGEST_PAGE, cursor, signal));
    return everyDay(rows, selection.period);
  });
}

/** Sums by group, dearest first (days: newest first), for `useInfiniteQuery`. */
export function costPagesQuery(selection: Selection, by: CostGroup) {
  return {
    queryKey: [...keys.costs, "by", by, selection],
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      readCosts(selection, by, PAGE, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Costs) => page.next_cursor ?? undefined,
  };
}

export function everyDay(rows: readonly CostRow[], period: Period): DayCost[] {
  const byDate = new Map(rows.map((row) => [row.key, row]));
  return datesOf(period).map((date) => {
    const row = byDate.get(date);
    return { date, usdMicros: row?.cost.usd_micros ?? 0, charges: row?.charges ?? 0 };
  });
}

export type Sums = { usdMicros: number; charges: number; meanUsdMicros: number; dearest: DayCost | null };

/** What all days come to; the dearest is the first of those that cost the most, null when nothing was spent. */
export function sumsOf(days: readonly DayCost[]): Sums {
  const usdMicros = days.reduce((sum, day) => sum + day.usdMicros, 0);
  const charges = days.reduce((sum, day) => sum + day.charges, 0);
  const dearest = days.reduce<DayCost | null>(
    (most, day) => (day.usdMicros > (most?.usdMicros ?? 0) ? day : most),
    null,
  );
  return {
    usdMicros,
    charges,
    meanUsdMicros: days.length > 0 ? Math.round(usdMicros / days.length) : 0,
    dearest,
  };
}

/** From 0 to 1; of nothing it is nothing. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

function readCosts(
  { period, graph, whose }: Selection,
  by: CostGroup,
  limit: number,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Costs> {
  const user = whose === "own" ? {} : whose === "all" ? { all_users: true } : { user_id: whose };
  const narrowed = { ...user, ...(graph ? { graph_id: graph } : {}), ...(cursor ? { cursor } : {}) };
  return unwrap(
    api.GET("/api/costs", {
      params: { query: { group_by: by, limit, ...momentsOf(period), ...narrowed } },
      signal,
    }),
  );
}
