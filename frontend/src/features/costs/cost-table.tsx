// Sums in rows, each with its share of the whole and a way to what is behind it.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { Money } from "@/components/ui/figures";
import { Loads } from "@/components/ui/status";
import { type CostGroup, type CostRow, costPagesQuery, type Selection, shareOf } from "@/lib/api/costs";
import { momentsOf } from "@/lib/api/costs-period";
import type { Search } from "@/lib/api/runs-filter";
import { count, day } from "@/lib/format";

const HEADS: Record<CostGroup, string> = {
  day: "Day",
  graph: "Graph",
  provider: "Provider",
  model: "Model",
  block: "Block",
  user: "Person",
};

/** For charges that name none. */
const UNNAMED: Record<CostGroup, string> = {
  day: "No day",
  graph: "No graph",
  provider: "No provider",
  model: "No model",
  block: "No block",
  user: "Nobody",
};

type CostTableProps = { selection: Selection; by: CostGroup; onChoose: (change: Search) => void };

export function CostTable({ selection, by, onChoose }: CostTableProps) {
  const pages = useInfiniteQuery(costPagesQuery(selection, by));
  return (
    <Loads query={pages}>
      {({ pages: loaded }) => {
        const total = loaded[0]?.total.usd_micros ?? 0;
        return (
          <>
            <div className="card">
              <table className="data table-fixed">
                <caption className="sr-only">Costs by {HEADS[by].toLowerCase()}</caption>
                <thead>
                  <tr>
                    <th>{HEADS[by]}</th>
                    <th className="w-2/5 max-lg:w-32">Share</th>
                    <th className="r w-24 max-lg:hidden">Charges</th>
                    <th className="r w-28 max-lg:w-22">Cost</th>
                    <th className="r w-24 max-lg:w-18">
                      <span className="sr-only">More</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {loaded
                    .flatMap((page) => page.items)
                    .map((row) => (
                      <Row key={row.key} row={row} total={total} {...{ by, selection, onChoose }} />
                    ))}
                </tbody>
              </table>
            </div>
            {pages.hasNextPage && (
              <div className="mt-4 grid justify-center">
                <Button isBusy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  Show more
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Loads>
  );
}

function Row({ row, total, ...rest }: CostTableProps & { row: CostRow; total: number }) {
  const share = shareOf(row.cost.usd_micros, total);
  return (
    <tr>
      <td className="truncate font-medium" title={row.label || undefined}>
        <Name row={row} by={rest.by} />
      </td>
      <td>
        <span className="row gap-3">
          <span className="share flex-1">
            <i style={{ width: `${share * 100}%` }} />
          </span>
          <span className="num dim w-10 text-right text-12">{percent(share)}</span>
        </span>
      </td>
      <td className="r num dim max-lg:hidden">{count(row.charges)}</td>
      <td className="r">
        <Money usdMicros={row.cost.usd_micros} />
      </td>
      <td className="r">
        <Behind row={row} {...rest} />
      </td>
    </tr>
  );
}

function Name({ row, by }: { row: CostRow; by: CostGroup }) {
  if (row.key === "") return <span className="faint font-normal">{UNNAMED[by]}</span>;
  if (by === "day") return day(`${row.key}T00:00`);
  const isNamed = row.label !== row.key;
  if (by === "graph" && isNamed) {
    return (
      <Link to="/graphs/$graphId" params={{ graphId: row.key }} className="anchor">
        {row.label}
      </Link>
    );
  }
  if (isNamed || by === "model" || by === "provider") return row.label;
  return (
    <span className="faint font-normal">
      {by === "block" ? "Unknown block" : by === "graph" ? "Deleted graph" : "Somebody"}{" "}
      <span className="mono">{row.key.slice(-8)}</span>
    </span>
  );
}

/** The runs of a graph or a day; what one person spent. */
function Behind({ row, by, selection, onChoose }: CostTableProps & { row: CostRow }) {
  if (row.key === "") return null;
  if (by === "user") {
    return (
      <Button variant="quiet" size="small" onClick={() => onChoose({ user: row.key, by: undefined })}>
        Show<span className="sr-only"> the costs of {row.label}</span>
      </Button>
    );
  }
  const isOwn = selection.whose === "own"; // the list of runs has one's own only
  if (!isOwn || (by !== "graph" && by !== "day")) return null;
  const period = by === "day" ? { first: row.key, last: row.key } : selection.period;
  const graph = by === "graph" ? row.key : selection.graph;
  return (
    <Link
      to="/runs"
      search={{ ...momentsOf(period), order: "cost", ...(graph ? { graph } : {}) }}
      className="anchor text-12 font-normal"
    >
      Runs<span className="sr-only"> of {row.label}</span>
    </Link>
  );
}

function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${Math.round(share * 100)} %`;
}
