// A field of the block itself: its constant, and the links that bring parts of it.

import { InputField } from "@/components/inputs/input-field";
import { GraphChoice } from "@/features/builder/panel/graph-choice";
import { LinkRow } from "@/features/builder/panel/linked-input";
import { problemOf } from "@/features/builder/panel/problem-words";
import type { SetupField } from "@/features/builder/panel/setup-order";
import { typed } from "@/features/builder/panel/typed";
import { VALUES_PANEL } from "@/features/builder/panel/values-panel";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node } from "@/lib/autogpt-server-api/types";
import { setInput } from "@/lib/graph/edit";
import type { NodePins } from "@/lib/graph/pins";
import { fieldLabel } from "@/lib/graph/schema";

type OwnFieldProps = {
  node: Node;
  field: SetupField;
  pins: NodePins;
  /** The focus came into this field. */
  onFocus: (pin: string) => void;
};

const FIRST_VALUE = `#${VALUES_PANEL} .valuespanel__list li button:not(.valuerow__fold)`;

export function OwnField({ node, field, onFocus }: OwnFieldProps) {
  const { editor, catalogue } = useWorkbench();
  const problems = useEditor((state) => state.problems);
  const { pin, parts } = field;
  const constants = node.input_default ?? {};
  const label = fieldLabel(pin.name);
  const error = problemOf(problems, node.id, (name) => name === pin.name);
  const change = (value: unknown) =>
    typed(editor, `${node.id} ${pin.name}`, `Change ${label}`, (graph) =>
      setInput(graph, node.id, pin.name, value),
    );
  if (pin.name === "graph_id" && catalogue.get(node.block_id)?.kind === "agent") {
    return <GraphChoice node={node} error={error} />;
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus and the keys belong to the field inside
    <div
      className="grid gap-1"
      data-field={pin.name}
      onFocusCapture={(event) => {
        if (isWritten(event.target)) onFocus(pin.name);
      }}
      onKeyDown={(event) => {
        if (event.key !== " " || !event.ctrlKey) return;
        event.preventDefault();
        onFocus(pin.name);
        requestAnimationFrame(() => document.querySelector<HTMLElement>(FIRST_VALUE)?.focus());
      }}
    >
      <InputField
        name={pin.name}
        label={label}
        schema={pin.schema}
        value={constants[pin.name]}
        onChange={change}
        isRequired={(pin.is_required ?? false) && parts.length === 0}
        {...(error ? { error } : {})}
        {...(pin.schema.format === "template" ? { note: "template" } : {})}
      />
      {parts.map((link) => (
        <LinkRow key={link.id} link={link} label={link.sink_name.slice(pin.name.length + 3)} />
      ))}
    </div>
  );
}

/** A field that one writes in, where earlier values offer themselves; others have them with Ctrl Space. */
function isWritten(target: Element): boolean {
  return target.matches("textarea, input:not([type=file], [type=search]), [contenteditable=true]");
}
