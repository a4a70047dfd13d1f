// Budgets: what may be spent in a period, and how it stands.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Budget = components["schemas"]["BudgetView"];
export type BudgetBody = components["schemas"]["BudgetBody"];
export type BudgetPeriod = components["schemas"]["BudgetPeriod"];

/** From here on it is said that a budget is nearly used up. */
const NEAR = 0.8;

/** One's own, or everybody's (for owners). */
export function budgetsQuery(isEverybodys: boolean) {
  return query<Budget[]>([...keys.budgets, isEverybodys ? "all" : "own"], ({ signal }) =>
    allPages((cursor) =>
      unwrap(
        api.GET("/api/budgets", {
          params: { query: { all_users: isEverybodys, limit: 200, ...(cursor ? { cursor } : {}) } },
          signal,
        }),
      ),
    ),
  );
}

/** In place of the one for the same user, graph and period. */
export function setBudget(body: BudgetBody): Promise<Budget> {
  return unwrap(api.PUT("/api/budgets", { body }));
}

export async function deleteBudget(budgetId: string): Promise<void> {
  await unwrap(api.DELETE("/api/budgets/{budget_id}", { params: { path: { budget_id: budgetId } } }));
}

/** Shares are of the limit, from 0 to 1, and together at most 1. `used`: the next call is refused. */
export type Standing = {
  spentShare: number;
  reservedShare: number;
  leftUsdMicros: number;
  level: "fine" | "near" | "used";
};

export function standingOf({
  limit,
  spent,
  reserved,
}: Pick<Budget, "limit" | "spent" | "reserved">): Standing {
  const most = limit.usd_micros;
  const taken = spent.usd_micros + reserved.usd_micros;
  const spentShare = most > 0 ? Math.min(1, spent.usd_micros / most) : 1;
  const reservedShare = most > 0 ? Math.min(1 - spentShare, reserved.usd_micros / most) : 0;
  const level = taken >= most ? "used" : taken >= most * NEAR ? "near" : "fine";
  return { spentShare, reservedShare, leftUsdMicros: Math.max(0, most - taken), level };
}
