// What was spent in a period: its sums, the days as bars, and what it went to.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ReceiptText } from "lucide-react";

import { classes } from "@/components/ui/button";
import { Money } from "@/components/ui/figures";
import { Section } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { CostChoices } from "@/features/costs/cost-choices";
import { CostTable } from "@/features/costs/cost-table";
import { DayChart } from "@/features/costs/day-chart";
import { type Choices, GROUPS } from "@/features/costs/use-choices";
import { type DayCost, dailyCostsQuery, sumsOf } from "@/lib/api/costs";
import { count, day, money } from "@/lib/format";

export function CostsTab({ choices, isOwner }: { choices: Choices; isOwner: boolean }) {
  const { by, selection, set } = choices;
  const days = useQuery(dailyCostsQuery(selection));
  const groups = GROUPS.filter((group) => isOwner || group.value !== "user");
  return (
    <div className="pt-4">
      <CostChoices choices={choices} isOwner={isOwner} />
      <div className="mt-4">
        <Loads query={days} rows={8}>
          {(every) =>
            sumsOf(every).charges === 0 ? (
              <NothingSpent />
            ) : (
              <>
                <div className="card">
                  <Figures days={every} />
                  <DayChart days={every} hasTable={by === "day"} />
                </div>
                <div className="mt-6">
                  <Section
                    title="Where it went"
                    actions={
                      <Segments
                        label="Summed up by"
                        options={groups}
                        value={by}
                        onChange={(group) => set({ by: group === "day" ? undefined : group })}
                      />
                    }
                  >
                    <CostTable selection={selection} by={by} onChoose={set} />
                  </Section>
                </div>
              </>
            )
          }
        </Loads>
      </div>
    </div>
  );
}

function Figures({ days }: { days: readonly DayCost[] }) {
  const sums = sumsOf(days);
  return (
    <dl className="figures">
      <div>
        <dt>Spent</dt>
        <dd>
          <Money usdMicros={sums.usdMicros} />
        </dd>
      </div>
      <div>
        <dt>A day, on average</dt>
        <dd>
          <Money usdMicros={sums.meanUsdMicros} />
        </dd>
      </div>
      {sums.dearest && (
        <div>
          <dt>Dearest day</dt>
          <dd>
            {money(sums.dearest.usdMicros)} <small>{day(`${sums.dearest.date}T00:00`)}</small>
          </dd>
        </div>
      )}
      <div>
        <dt>Charges</dt>
        <dd>{count(sums.charges)}</dd>
      </div>
    </dl>
  );
}

function NothingSpent() {
  return (
    <Empty
      icon={ReceiptText}
      title="Nothing was spent in these days"
      action={
        <Link to="/" className={classes({ variant: "ink" })}>
          Open the library
        </Link>
      }
    >
      Blocks that call models and paid services cost money; each charge is summed up here. Choose other days,
      or run a graph.
    </Empty>
  );
}
