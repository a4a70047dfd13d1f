// What came to a block in one firing: over links, with where from, and its own constants.

import { ValueView } from "@/components/values/value-view";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { FiringDetails, TakenInput } from "@/lib/api/run";
import type { Node } from "@/lib/autogpt-server-api/types";
import { count } from "@/lib/format";
import { nodeById, nodeName } from "@/lib/graph/model";
import { pinLabel } from "@/lib/graph/pins";

export function TakenValues({ node, details }: { node: Node; details: FiringDetails }) {
  const { catalogue } = useWorkbench();
  const taken = Object.entries(details.inputs);
  const block = catalogue.get(node.block_id);
  const shown = new Set(
    block?.inputs
      .filter((pin) => pin.schema.secret !== true && pin.schema.writeOnly !== true)
      .map(({ name }) => name),
  );
  const constants = Object.entries(node.input_default ?? {}).filter(
    ([pin, value]) => !(pin in details.inputs) && shown.has(pin) && value !== null && value !== "",
  );
  if (taken.length === 0 && constants.length === 0) return <p className="faint">It took nothing.</p>;
  return (
    <>
      {taken.map(([pin, input]) => (
        <Taken key={pin} pin={pin} input={input} />
      ))}
      {constants.map(([pin, value]) => (
        <section key={pin} className="grid gap-1">
          <div className="row">
            <h3 className="pinname">{pinLabel(pin)}</h3>
            <span className="push faint text-12">set in the block</span>
          </div>
          <ValueView value={value} label={pinLabel(pin)} />
        </section>
      ))}
    </>
  );
}

function Taken({ pin, input }: { pin: string; input: TakenInput }) {
  const { catalogue } = useWorkbench();
  const [first] = input.values;
  const source = useEditor((state) => (first ? nodeById(state.graph, first.node_id) : undefined));
  if (!first) return null;
  const label = pinLabel(pin);
  return (
    <section className="grid gap-1">
      <div className="row">
        <h3 className="pinname">{label}</h3>
        {source && (
          <span className="push faint text-12 truncate">
            from {nodeName(source, catalogue.get(source.block_id))}, {pinLabel(first.pin)}
          </span>
        )}
      </div>
      <ValueView value={input.is_list ? input.values.map(({ value }) => value) : first.value} label={label} />
      {input.is_list && input.count > input.values.length && (
        <p className="faint num text-12">
          The first {count(input.values.length)} of {count(input.count)} values.
        </p>
      )}
    </section>
  );
}
