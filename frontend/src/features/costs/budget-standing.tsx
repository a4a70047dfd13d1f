// How a budget stands: a bar of what is spent and reserved, and the same in words.

import { CircleX, TriangleAlert } from "lucide-react";

import { Ago } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { type Budget, standingOf } from "@/lib/api/budgets";
import { money } from "@/lib/format";

const LEVEL_CLASSES = { fine: "", near: "s-waiting", used: "s-failed" } as const;

export function BudgetStanding({ budget }: { budget: Budget }) {
  const { spentShare, reservedShare, leftUsdMicros, level } = standingOf(budget);
  const { spent, reserved, limit, resets_at } = budget;
  return (
    <div className="budget__stand grid gap-1.5">
      <div className={`budget__bar ${LEVEL_CLASSES[level]}`} aria-hidden>
        <i style={{ width: `${spentShare * 100}%` }} />
        <i className="is-reserved" style={{ width: `${reservedShare * 100}%` }} />
      </div>
      <p className="num flex flex-wrap gap-x-3 text-12">
        {level !== "fine" && (
          <span className={`state ${LEVEL_CLASSES[level]}`}>
            <Icon of={level === "near" ? TriangleAlert : CircleX} size={14} />
            {level === "near" ? "Nearly used up" : "Used up: calls are refused"}
          </span>
        )}
        <span>
          {money(spent.usd_micros)} of {money(limit.usd_micros)} spent
        </span>
        {reserved.usd_micros > 0 && <span className="dim">{money(reserved.usd_micros)} reserved</span>}
        <span className="dim">{money(leftUsdMicros)} left</span>
        <span className="faint push">
          {resets_at ? (
            <>
              Begins anew <Ago at={resets_at} />
            </>
          ) : (
            "Never begins anew"
          )}
        </span>
      </p>
    </div>
  );
}
