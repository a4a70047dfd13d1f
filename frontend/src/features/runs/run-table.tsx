// The runs in rows; beyond a hundred only those in sight are drawn.

import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

import { RunRow } from "@/features/runs/run-row";
import type { RunRow as Run } from "@/lib/autogpt-server-api/types";

const ROW_PX = 41;
const MOST_DRAWN = 100;

export function RunTable({ runs }: { runs: readonly Run[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, last, above, below, measure } = useDrawn(body, runs.length);
  return (
    <div className="card run-card">
      <table className="data table-fixed" aria-rowcount={runs.length + 1}>
        <caption className="sr-only">Runs</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th className="w-43">State</th>
            <th>Graph</th>
            <th className="w-40 max-[1400px]:hidden">Labels</th>
            <th className="w-46 max-lg:hidden">Course</th>
            <th className="r w-26">Started</th>
            <th className="r w-24 max-lg:hidden">Time</th>
            <th className="r w-22 max-lg:hidden">Cost</th>
            <th className="w-14">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          <Gap px={above} />
          {runs.slice(first, last).map((run, at) => (
            <RunRow key={run.run_id} ref={measure} run={run} place={first + at} />
          ))}
          <Gap px={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that are not drawn. */
function Gap({ px }: { px: number }) {
  if (px <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={8} className="border-0 p-0" style={{ height: px }} />
    </tr>
  );
}

type Drawn = {
  first: number;
  last: number /** Pixels of the rows left out. */;
  above: number;
  below: number;
  /** Told of each row, whose name may take two lines. */
  measure?: (row: HTMLTableRowElement | null) => void;
};

function useDrawn(body: RefObject<HTMLElement | null>, count: number): Drawn {
  const [scroller, setScroller] = useState<Element | null>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const page = body.current?.closest(".page__body") ?? null;
    setScroller(page);
    if (page === null || body.current === null) return;
    const top = body.current.getBoundingClientRect().top - page.getBoundingClientRect().top;
    setMargin(Math.round(top + page.scrollTop));
  }); // each time: what stands above the table comes and goes
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: margin,
    enabled: count > MOST_DRAWN,
  });
  const rows = virtual.getVirtualItems();
  const start = rows[0];
  const end = rows.at(-1);
  if (count <= MOST_DRAWN || !start || !end) {
    return { first: 0, last: Math.min(count, MOST_DRAWN), above: 0, below: 0 };
  }
  return {
    first: start.index,
    last: end.index + 1,
    above: start.start - margin,
    below: virtual.getTotalSize() + margin - end.end,
    measure: virtual.measureElement,
  };
}
