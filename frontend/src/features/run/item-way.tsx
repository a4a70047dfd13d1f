// The way of one item: block by block what it took in and became, or why it did not come.

import { useQuery } from "@tanstack/react-query";

import { STATE_WORDS, State } from "@/components/ui/state";
import { type RanNode, useChosen, useScene } from "@/features/run/run-context";
import { type FiringDetails, firingQuery } from "@/lib/api/run";
import { pinLabel } from "@/lib/graph/pins";
import type { Firing } from "@/lib/run/course";
import type { Item, Passage } from "@/lib/run/items";
import type { StateName } from "@/lib/states";
import { inOneLine } from "@/lib/values";

/** Of an item that became many, so many firings of a block are listed. */
const MOST_FIRINGS = 20;

export function ItemWay({ item }: { item: Item }) {
  const { nodes } = useScene();
  const { passages } = useChosen();
  if (passages === null) return null;
  const there = nodes.filter(({ id }) => passages.get(id)?.kind !== "outside");
  return (
    <div className="runlog__body">
      <ol aria-label={`The way of item ${item.index}`}>
        {there.map((node) => {
          const passage = passages.get(node.id);
          return passage && <Steps key={node.id} node={node} passage={passage} item={item} />;
        })}
      </ol>
    </div>
  );
}

function Steps({ node, passage, item }: { node: RanNode; passage: Passage; item: Item }) {
  if (passage.kind === "gave") {
    return <Row node={node} firing={passage.firing} state="ok" says={`gave it out: ${item.text}`} />;
  }
  if (passage.kind === "fired" || passage.kind === "failed") {
    const shown = passage.firings.slice(0, MOST_FIRINGS);
    const rest = passage.firings.length - shown.length;
    return (
      <>
        {shown.map((firing) => (
          <Fired key={firing.firing} node={node} firing={firing} />
        ))}
        {rest > 0 && <Row node={node} firing={null} state="ok" says={`and ${rest} more firings`} />}
      </>
    );
  }
  return <Row node={node} firing={null} state="skipped" says="did not come here" />;
}

const STATES: Record<Firing["state"], StateName> = {
  running: "running",
  waiting: "waiting",
  ok: "ok",
  failed: "failed",
};

function Fired({ node, firing }: { node: RanNode; firing: Firing }) {
  const { run } = useScene();
  const hasEnded = firing.state === "ok";
  const { data } = useQuery({
    ...firingQuery(run.run_id, node.id, firing.firing),
    enabled: hasEnded,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const says =
    firing.state === "failed"
      ? `failed here: ${firing.error}`
      : data
        ? outputsSay(data)
        : STATE_WORDS[STATES[firing.state]];
  return <Row node={node} firing={firing} state={STATES[firing.state]} says={says} />;
}

function outputsSay({ outputs }: FiringDetails): string {
  const parts = Object.entries(outputs).map(([pin, { values }]) => {
    const [first] = values;
    const more = values.length > 1 ? ` and ${values.length - 1} more` : "";
    return `${pinLabel(pin)}: ${inOneLine(first?.value, 100)}${more}`;
  });
  return parts.length > 0 ? parts.join("   ") : "gave nothing on";
}

type RowProps = { node: RanNode; firing: Firing | null; state: StateName; says: string };

function Row({ node, firing, state, says }: RowProps) {
  const { nodeId, choose } = useChosen();
  return (
    <li>
      <button
        type="button"
        className={`itemrow itemrow--way ${nodeId === node.id ? "is-selected" : ""}`}
        disabled={firing === null}
        onClick={() => choose({ node: node.id, firing: firing?.firing ?? null })}
      >
        <span className="itemrow__state">
          <State state={state} word="" />
        </span>
        <span className="itemrow__name truncate font-medium">{node.name}</span>
        <span
          className={`truncate ${state === "failed" ? "text-fail" : state === "skipped" ? "faint" : "mono"}`}
        >
          {says}
        </span>
      </button>
    </li>
  );
}
