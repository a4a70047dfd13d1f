// A link: quiet at rest, darker when a value went through, moving while values go.

import type { EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { useLevel } from "@/components/canvas/canvas-context";
import type { FlowLink } from "@/components/canvas/flow-types";
import { useLinkRun } from "@/components/canvas/run-states";
import { TravellingDot } from "@/components/canvas/travelling-dot";
import { count } from "@/lib/format";
import type { Point } from "@/lib/graph/route";
import type { LinkRun } from "@/lib/run/model";

export const LinkEdge = memo(function LinkEdge({ id, data, selected }: EdgeProps<FlowLink>) {
  const run = useLinkRun(id);
  const isFar = useLevel() === "far";
  if (!data) return null;
  const { route, view } = data;
  return (
    <>
      <path className="link__area" d={route.path} />
      <path className={look(run, view.isStatic, selected ?? false)} d={route.path} />
      {!isFar && run && run.count > 0 && <TravellingDot path={route.path} count={run.count} />}
      {!isFar && run && run.count > 1 && <Bead at={route.middle} text={count(run.count)} />}
    </>
  );
});

function look(run: LinkRun | undefined, isStatic: boolean, isSelected: boolean): string {
  return [
    "link",
    run?.isLive ? "link--live" : run && run.count > 0 && "link--passed",
    isStatic && !run?.isLive && "link--static",
    isSelected && "link--selected",
  ]
    .filter(Boolean)
    .join(" ");
}

const LETTER = 6.7;
const HEIGHT = 20;

/** How many values went through. */
function Bead({ at, text }: { at: Point; text: string }) {
  const width = 12 + text.length * LETTER;
  return (
    <g className="link__bead">
      <rect x={at.x - width / 2} y={at.y - HEIGHT / 2} width={width} height={HEIGHT} rx={4} />
      <text x={at.x} y={at.y + 4} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
