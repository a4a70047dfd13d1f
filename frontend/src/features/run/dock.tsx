// Below the canvas: the run along its time, event by event, or item by item. Its upper edge can be moved.

import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Segments } from "@/components/ui/tabs";
import { EventList } from "@/features/run/event-list";
import { ItemList } from "@/features/run/item-list";
import { useCourse, useScene, useTotals } from "@/features/run/run-context";
import { TimeLanes } from "@/features/run/time-lanes";
import { useEdge } from "@/features/run/use-edge";
import { counted } from "@/lib/format";

type View = "time" | "events" | "items";

const VIEWS: Record<View, { label: string; content: () => ReactNode }> = {
  time: { label: "Time", content: () => <TimeLanes /> },
  events: { label: "Events", content: () => <EventList /> },
  items: { label: "Items", content: () => <ItemList /> },
};

export function Dock() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { course } = useCourse();
  const edge = useEdge({ name: "timeline", start: 320, least: 120, most: 720 });
  const view: View = isView(search.view) ? search.view : "time";
  const choose = (chosen: View) =>
    void navigate({ to: ".", replace: true, search: (old) => ({ ...old, view: chosen }) });
  const shown: View[] =
    course.openers.size > 0 || view === "items" ? ["time", "events", "items"] : ["time", "events"];
  return (
    <section className="runlog" aria-label="Timeline" style={{ height: edge.height }}>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role, separator, is among what is spread */}
      <div className="runlog__edge" {...edge.handle} aria-label="Height of the timeline" />
      <div className="runlog__head">
        <h2>Timeline</h2>
        <Counts />
        <span className="push">
          <Segments
            label="What the timeline shows"
            options={shown.map((value) => ({ value, label: VIEWS[value].label }))}
            value={view}
            onChange={choose}
          />
        </span>
      </div>
      {VIEWS[view].content()}
    </section>
  );
}

/** "9 blocks, 1 failed, 1 skipped". */
function Counts() {
  const { store, nodes } = useScene();
  const { firings } = useTotals(store);
  const states = nodes.map(({ id }) => store.node(id)?.state);
  const failed = states.filter((state) => state === "failed" || state === "partly").length;
  const skipped = states.filter((state) => state === "skipped").length;
  const parts = [
    counted(nodes.length, "block"),
    ...(firings > nodes.length ? [counted(firings, "firing")] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return <span className="faint num truncate">{parts.join(", ")}</span>;
}

function isView(text: unknown): text is View {
  return typeof text === "string" && Object.hasOwn(VIEWS, text);
}
