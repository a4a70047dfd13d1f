// How the periods of budgets are called.

import type { BudgetPeriod } from "@/lib/api/budgets";

/** After an amount: "$5 each day". */
export const PERIOD_WORDS: Record<BudgetPeriod, string> = {
  day: "each day",
  month: "each month",
  total: "altogether",
};
