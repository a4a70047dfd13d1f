// What a firing took: from the links, with where each value came from, and the block's own constants.

import { Button } from "@/components/ui/button";
import { ValueView } from "@/components/values/value-view";
import { type RanNode, useChosen, useScene } from "@/features/run/run-context";
import type { FiringDetails, TakenInput } from "@/lib/api/run";
import { count } from "@/lib/format";
import { pinLabel } from "@/lib/graph/pins";
import { isSecret } from "@/lib/graph/schema";
import { isCredentials } from "@/lib/graph/view";

export function FiringInputs({ node, details }: { node: RanNode; details: FiringDetails }) {
  const { graph } = useScene();
  const taken = Object.entries(details.inputs);
  const own = graph?.nodes.find(({ id }) => id === node.id)?.input_default ?? {};
  const constants = Object.entries(own).filter(
    ([pin, value]) => !(pin in details.inputs) && isShown(pin, value, node),
  );
  if (taken.length === 0 && constants.length === 0) return <p className="faint">It takes nothing.</p>;
  return (
    <>
      {taken.map(([pin, input]) => (
        <Taken key={pin} pin={pin} input={input} />
      ))}
      {constants.length > 0 && (
        <section className="grid gap-3">
          <h3 className={taken.length > 0 ? "border-line border-t pt-3.5" : ""}>Set in the block</h3>
          {constants.map(([pin, value]) => (
            <section key={pin} className="grid gap-1">
              <h4 className="pinname">{pinLabel(pin)}</h4>
              <ValueView value={value} label={pinLabel(pin)} />
            </section>
          ))}
        </section>
      )}
    </>
  );
}

/** Connections are not values, and secrets are not shown. */
function isShown(pin: string, value: unknown, { block }: RanNode): boolean {
  const known = block?.inputs.find(({ name }) => name === pin);
  if (value === null || value === "") return false;
  return !known || !(isSecret(known.schema) || isCredentials(known));
}

function Taken({ pin, input }: { pin: string; input: TakenInput }) {
  const label = pinLabel(pin);
  const [first] = input.values;
  if (first === undefined) return null;
  return (
    <section className="grid gap-1">
      <div className="row">
        <h3 className="pinname">{label}</h3>
        <From value={first} isList={input.is_list} />
      </div>
      {input.is_list ? (
        <>
          <ValueView value={input.values.map(({ value }) => value)} label={label} />
          {input.count > input.values.length && (
            <p className="faint num text-12">
              The first {count(input.values.length)} of {count(input.count)} values.
            </p>
          )}
        </>
      ) : (
        <ValueView value={first.value} label={label} />
      )}
    </section>
  );
}

function From({ value, isList }: { value: TakenInput["values"][number]; isList: boolean }) {
  const { nameOf } = useScene();
  const { choose } = useChosen();
  return (
    <Button
      size="small"
      variant="quiet"
      className="push min-w-0"
      onClick={() => choose({ node: value.node_id, firing: isList ? null : value.firing })}
    >
      <span className="truncate">
        from {nameOf(value.node_id)}, {pinLabel(value.pin)}
      </span>
    </Button>
  );
}
