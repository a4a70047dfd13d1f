// The days as bars. For eyes only: the same figures stand in a table, below or for who cannot see the bars.

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

import type { DayCost } from "@/lib/api/costs";
import { counted, day, money } from "@/lib/format";

const WIDEST_BAR_PX = 28;

/** `hasTable`: the table of days stands on the page anyway. */
export function DayChart({ days, hasTable }: { days: readonly DayCost[]; hasTable: boolean }) {
  return (
    <figure>
      <div className="chart" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={[...days]} accessibilityLayer={false} barCategoryGap="18%">
            <CartesianGrid vertical={false} />
            <XAxis
              dataKey="date"
              tickFormatter={dayWords}
              tickLine={false}
              axisLine={false}
              height={24}
              minTickGap={24}
              interval="equidistantPreserveStart"
            />
            <YAxis tickFormatter={axisMoney} tickLine={false} axisLine={false} width={60} tickCount={5} />
            <Tooltip
              cursor={{ className: "recharts-tooltip-cursor" }}
              content={Tip}
              isAnimationActive={false}
            />
            <Bar
              dataKey="usdMicros"
              maxBarSize={WIDEST_BAR_PX}
              radius={[3, 3, 0, 0]}
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      {!hasTable && <DaysForReaders days={days} />}
    </figure>
  );
}

type TipProps = { active?: boolean; payload?: readonly { payload?: unknown }[] };

function Tip({ active, payload }: TipProps) {
  const one = payload?.[0]?.payload;
  if (!active || !isDay(one)) return null;
  return (
    <div className="chart__tip">
      <span className="faint">{dayWords(one.date)}</span>
      <b className="num">{money(one.usdMicros)}</b>
      <span className="dim num">{counted(one.charges, "charge")}</span>
    </div>
  );
}

function DaysForReaders({ days }: { days: readonly DayCost[] }) {
  return (
    <table className="sr-only">
      <caption>Costs by day</caption>
      <thead>
        <tr>
          <th>Day</th>
          <th>Cost</th>
        </tr>
      </thead>
      <tbody>
        {days
          .filter((one) => one.charges > 0)
          .map((one) => (
            <tr key={one.date}>
              <th scope="row">{dayWords(one.date)}</th>
              <td>{money(one.usdMicros)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

function dayWords(date: string): string {
  return day(`${date}T00:00`);
}

/** Round figures: $0.2, $1.5, $300. */
function axisMoney(usdMicros: number): string {
  return `$${Number((usdMicros / 1e6).toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 6 })}`;
}

function isDay(value: unknown): value is DayCost {
  return typeof value === "object" && value !== null && "date" in value && "usdMicros" in value;
}
