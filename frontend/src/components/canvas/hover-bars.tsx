// What appears beside the thing under the pointer: buttons above a block, the last value and `+` on a link.

import { NodeToolbar, Position, useStore } from "@xyflow/react";
import { Plus } from "lucide-react";
import { type MouseEvent, type ReactNode, useState } from "react";

import { useCanvas } from "@/components/canvas/canvas-context";
import type { Point } from "@/components/canvas/canvas-props";
import { type Cell, createCell, useCell } from "@/components/canvas/cell";
import type { FlowLink } from "@/components/canvas/flow-types";
import { useLinkRun } from "@/components/canvas/run-states";
import { Icon } from "@/components/ui/icon";
import { count } from "@/lib/format";

/** What the pointer is over; it stays for a moment, so that one can reach the bar. */
export type Hover = Cell<string | null> & { hideSoon: () => void; show: (id: string) => void };

const LINGER_MS = 220;
const VALUE_LETTERS = 24;

export function useHover(): Hover {
  const [hover] = useState(createHover);
  return hover;
}

function createHover(): Hover {
  const cell = createCell<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ...cell,
    show: (id) => {
      clearTimeout(timer);
      cell.set(id);
    },
    hideSoon: () => {
      clearTimeout(timer);
      timer = setTimeout(() => cell.set(null), LINGER_MS);
    },
  };
}

type NodeBarProps = { hover: Hover; toolbar: (nodeId: string) => ReactNode };

export function NodeBar({ hover, toolbar }: NodeBarProps) {
  const id = useCell(hover);
  const isBusy = useIsBusy();
  if (id === null || isBusy) return null;
  const buttons = toolbar(id);
  if (!buttons) return null;
  return (
    <NodeToolbar
      nodeId={id}
      isVisible
      offset={8}
      align="start"
      position={Position.Top}
      className="nodrag nopan"
      onMouseEnter={() => hover.show(id)}
      onMouseLeave={hover.hideSoon}
    >
      {buttons}
    </NodeToolbar>
  );
}

type LinkBarProps = { hover: Hover; links: readonly FlowLink[] };

export function LinkBar({ hover, links }: LinkBarProps) {
  const id = useCell(hover);
  const isBusy = useIsBusy();
  const middle = links.find((link) => link.id === id)?.data?.route.middle;
  if (id === null || isBusy || !middle) return null;
  return <ShownLinkBar id={id} middle={middle} hover={hover} />;
}

function ShownLinkBar({ id, middle, hover }: { id: string; middle: Point; hover: Hover }) {
  const { mode, wishes } = useCanvas();
  const run = useLinkRun(id);
  const [left, top, zoom] = useStore((state) => state.transform);
  const insert = (event: MouseEvent) => {
    const { x, y, width, height } = event.currentTarget.getBoundingClientRect();
    wishes.insertOnLink(id, { x: x + width / 2, y: y + height / 2 });
  };
  if (mode === "read" && !run?.count) return null;
  const at = `translate(${middle.x * zoom + left}px, ${middle.y * zoom + top}px) translate(-50%, -50%)`;
  return (
    <div
      role="toolbar"
      aria-label="Link"
      className="linkbar nodrag nopan"
      style={{ transform: at }}
      onMouseEnter={() => hover.show(id)}
      onMouseLeave={hover.hideSoon}
    >
      {run && run.count > 0 && (
        <span className="linkbar__value">
          {run.count > 1 && `${count(run.count)} · `}
          {run.last?.slice(0, VALUE_LETTERS)}
        </span>
      )}
      {mode === "edit" && (
        <button type="button" className="linkbar__add" aria-label="Insert a block here" onClick={insert}>
          <Icon of={Plus} size={12} />
        </button>
      )}
    </div>
  );
}

/** While something is dragged, nothing appears beside it. */
function useIsBusy(): boolean {
  return useStore((state) => state.connection.inProgress || state.paneDragging || state.userSelectionActive);
}
