// The timeline: a lane for each block, with a bar for what it did and when. A press on a lane chooses its block.

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { Icon } from "@/components/ui/icon";
import { STATE_ICONS, STATE_WORDS } from "@/components/ui/state";
import { Loading } from "@/components/ui/status";
import { type Bar, barsOf, percent, type Scale, scaleOf, ticksOf } from "@/features/run/lanes";
import { type RanNode, useChosen, useCourse, useScene, useTotals } from "@/features/run/run-context";
import { useNow } from "@/features/run/use-now";
import { counted, duration, money } from "@/lib/format";
import type { NodeRun } from "@/lib/run/model";
import { isFinal } from "@/lib/states";

const ROW = 30;

export function TimeLanes() {
  const { run, store, nodes } = useScene();
  const { status, fromMs, toMs, isWhole } = useTotals(store);
  const { course, version } = useCourse();
  const { nodeId, view } = useChosen();
  const isOver = isFinal(status);
  const nowMs = useNow(!isOver, 500);
  const endMs =
    isOver && run.ended_at ? Math.max(toMs ?? 0, Date.parse(run.ended_at)) : isOver ? toMs : nowMs;
  const scale = useMemo(() => scaleOf(fromMs, endMs), [fromMs, endMs]);
  const lanes = useMemo(
    () => inOrder(nodes, (id) => course.of(id).find(Boolean)?.fromMs, version),
    [nodes, course, version],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });

  const chosenPlace = lanes.findIndex(({ id }) => id === nodeId);
  useEffect(() => {
    if (chosenPlace >= 0) virtual.scrollToIndex(chosenPlace, { align: "auto" });
  }, [chosenPlace, virtual]);

  if (fromMs === null)
    return <div className="p-4">{isOver ? <NothingHappened /> : <Loading rows={3} />}</div>;
  return (
    <div ref={scroller} className="runlog__body">
      <LanesHead scale={scale} isWhole={isWhole} />
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const node = lanes[item.index];
          return (
            node && (
              <li
                key={node.id}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Lane
                  node={node}
                  shown={view.node(node.id)}
                  bars={barsOf(course.of(node.id), scale, isOver)}
                  scale={scale}
                  isChosen={node.id === nodeId}
                />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function NothingHappened() {
  return <p className="faint">Nothing is recorded of this run: it ended before it began.</p>;
}

function LanesHead({ scale, isWhole }: { scale: Scale; isWhole: boolean }) {
  return (
    <div className="lane lane--head" aria-hidden>
      <div className="lane__name">{isWhole ? "Block" : "Block, the last events"}</div>
      <div className="lane__track num">
        {ticksOf(scale).map((tick) => (
          <span key={tick} className="lane__tick" style={{ left: `${percent(scale.fromMs + tick, scale)}%` }}>
            {tickWord(tick)}
          </span>
        ))}
      </div>
      <div className="lane__figures">
        <span className="num">Time</span>
        <span className="num">Cost</span>
      </div>
    </div>
  );
}

/** Like a duration, in parts of a millisecond where the whole run took a few. */
function tickWord(ms: number): string {
  return ms < 5 && !Number.isInteger(ms) ? `${Number(ms.toFixed(2))} ms` : duration(ms).replace(".0 s", " s");
}

type LaneProps = {
  node: RanNode;
  shown: NodeRun | undefined;
  bars: readonly Bar[];
  scale: Scale;
  isChosen: boolean;
};

const Lane = memo(function Lane({ node, shown, bars, scale, isChosen }: LaneProps) {
  const { choose } = useChosen();
  const state = shown?.state ?? "idle";
  const says = captionOf(shown);
  return (
    <button
      type="button"
      className={`lane lane--${state} ${isChosen ? "is-selected" : ""}`}
      aria-pressed={isChosen}
      aria-label={spoken(node, shown)}
      onClick={() => choose({ node: node.id, firing: null })}
    >
      <span className="lane__name">
        <span className={`state s-${state}`}>
          <Icon of={STATE_ICONS[state]} size={14} className={state === "running" ? "spin" : ""} />
        </span>
        <span className="lane__icon">
          <BlockIcon name={node.block?.icon ?? ""} provider={node.block?.provider ?? null} />
        </span>
        <span className="truncate font-medium">{node.name}</span>
      </span>
      <span className="lane__track">
        {ticksOf(scale).map((tick) => (
          <i key={tick} className="lane__line" style={{ left: `${percent(scale.fromMs + tick, scale)}%` }} />
        ))}
        {bars.map((bar) => (
          <i
            key={`${bar.state} ${bar.x}`}
            className={`lane__bar s-${bar.state}`}
            style={{ left: `${bar.x}%`, width: `${bar.width}%` }}
          />
        ))}
        {says && <Caption says={says} bars={bars} />}
      </span>
      <span className="lane__figures">
        <span className="num">{timeOf(shown)}</span>
        <span className="num">{shown && shown.usdMicros > 0 ? money(shown.usdMicros) : ""}</span>
      </span>
    </button>
  );
});

/** Words behind the last bar, or before the first where there is no room behind it. */
function Caption({ says, bars }: { says: string; bars: readonly Bar[] }) {
  const ends = bars.map(({ x, width }) => x + width);
  const end = Math.max(0, ...ends);
  const begin = Math.min(100, ...bars.map(({ x }) => x));
  const style =
    end < 62
      ? { left: `calc(${end}% + 10px)` }
      : begin > 38
        ? { right: `calc(${100 - begin}% + 10px)` }
        : null;
  return (
    style && (
      <span className="lane__caption" style={style}>
        {says}
      </span>
    )
  );
}

function captionOf(shown: NodeRun | undefined): string {
  if (shown === undefined) return "";
  if (shown.state === "skipped") return "Skipped, no value came";
  if (shown.state === "failed" && shown.started === 1) return "";
  if (shown.progress?.text) return shown.progress.text.slice(0, 60);
  if (shown.started > 1) {
    const of = shown.total !== null && shown.state === "running" ? ` of ${shown.total}` : "";
    const failed = shown.failed > 0 ? `, ${shown.failed} failed` : "";
    return `${shown.completed + shown.failed}${of} firings${failed}`;
  }
  return shown.state === "waiting" ? "Waiting" : "";
}

function timeOf(shown: NodeRun | undefined): string {
  if (shown === undefined || shown.started === 0) return "";
  if (shown.retried > 0 && shown.started === 1) return counted(shown.retried + 1, "try", "tries");
  return shown.completed + shown.failed > 0 ? duration(shown.durationMs) : "";
}

function spoken(node: RanNode, shown: NodeRun | undefined): string {
  const parts = [node.name, STATE_WORDS[shown?.state ?? "idle"], timeOf(shown), captionOf(shown)];
  return parts.filter(Boolean).join(", ");
}

/** As they began; those that did not come last, in the order of the graph. `version` says that the course has grown. */
function inOrder(
  nodes: readonly RanNode[],
  beganMs: (nodeId: string) => number | undefined,
  version: number,
): readonly RanNode[] {
  const began = new Map(nodes.map(({ id }) => [id, version >= 0 ? beganMs(id) : undefined]));
  return nodes.toSorted(
    (one, other) =>
      (began.get(one.id) ?? Number.POSITIVE_INFINITY) - (began.get(other.id) ?? Number.POSITIVE_INFINITY) ||
      0,
  );
}
