// What is recorded of a run, event by event; of the chosen block only, if one wants.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { Checkbox } from "@/components/ui/choice";
import { useChosen, useCourse, useScene, useTotals } from "@/features/run/run-context";
import { eventWords } from "@/features/run/run-words";
import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { count, duration } from "@/lib/format";
import { msOf } from "@/lib/run/moment";

const ROW = 28;

const HUES: Record<string, string> = {
  failed: "text-fail",
  retried: "text-fail",
  waiting: "text-wait",
  progress: "text-text-2",
  log: "text-text-2",
};

export function EventList() {
  const { store, nameOf } = useScene();
  const { fromMs } = useTotals(store);
  const { log, version } = useCourse();
  const { nodeId } = useChosen();
  const [isOneBlock, setIsOneBlock] = useState(false);
  const only = isOneBlock ? nodeId : null;
  const events = useMemo(
    () => (only === null || version < 0 ? log : log.filter((event) => event.node_id === only)),
    [log, only, version],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const first = log[0]?.seq;
  return (
    <>
      <div className="row border-line border-b px-4 py-1.5 text-12">
        <span className="faint num">
          {count(events.length)} {events.length === 1 ? "event" : "events"}
          {typeof first === "number" && first > 1 && `, the last of ${count(store.lastSeq)}`}
        </span>
        {nodeId !== null && (
          <span className="push">
            <Checkbox label={`Only ${nameOf(nodeId)}`} isOn={isOneBlock} onChange={setIsOneBlock} />
          </span>
        )}
      </div>
      <div ref={scroller} className="runlog__body">
        <ol className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const event = events[item.index];
            return (
              event && (
                <li
                  key={item.index}
                  className="absolute top-0 left-0 w-full"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <EventRow event={event} fromMs={fromMs ?? 0} />
                </li>
              )
            );
          })}
        </ol>
      </div>
    </>
  );
}

function EventRow({ event, fromMs }: { event: RunEvent; fromMs: number }) {
  const { nameOf } = useScene();
  const { choose } = useChosen();
  const { node_id: nodeId, firing } = event;
  const face = (
    <>
      <span className="num faint eventrow__time">{duration(Math.max(0, msOf(event.at) - fromMs))}</span>
      <span className="eventrow__node truncate font-medium">{nodeId ? nameOf(nodeId) : ""}</span>
      <span className="num faint eventrow__firing">{typeof firing === "number" ? firing : ""}</span>
      <span className={`truncate ${HUES[event.kind] ?? ""}`}>{eventWords(event)}</span>
    </>
  );
  if (typeof nodeId !== "string") return <div className="eventrow">{face}</div>;
  return (
    <button
      type="button"
      className="eventrow"
      onClick={() => choose({ node: nodeId, firing: firing ?? null, item: null })}
    >
      {face}
    </button>
  );
}
