// Data that stands in for a block: pinned from a run, or written by hand. The block is not run.

import { PinOff } from "lucide-react";

import { JsonControl } from "@/components/inputs/json-control";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { ValueView } from "@/components/values/value-view";
import { typed } from "@/features/builder/panel/typed";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node, Pin } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";
import { setPinned } from "@/lib/graph/edit";
import { nodeById } from "@/lib/graph/model";
import { ERROR_PIN, pinLabel } from "@/lib/graph/pins";
import { description } from "@/lib/graph/schema";

import "@/styles/inputs.css";

export function PinnedData({ node, outputs }: { node: Node; outputs: readonly Pin[] }) {
  const { editor } = useWorkbench();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const pinned = node.pinned ?? {};
  const names = [...new Set([...outputs.map(({ name }) => name), ...Object.keys(pinned)])].filter(
    (name) => name !== ERROR_PIN || name in pinned,
  );
  const set = (pin: string, value: unknown) =>
    typed(editor, `${node.id} pinned ${pin}`, "Change pinned data", (graph) => {
      const { [pin]: _before, ...rest } = nodeById(graph, node.id)?.pinned ?? {};
      const values = Array.isArray(value) ? value : [];
      return setPinned(graph, node.id, values.length > 0 ? { ...rest, [pin]: values } : rest);
    });
  const remove = () =>
    editor.getState().change("Remove pinned data", (graph) => setPinned(graph, node.id, null));
  return (
    <>
      <Notice
        icon={PinOff}
        action={
          isReadOnly ? undefined : (
            <Button size="small" onClick={remove}>
              Remove
            </Button>
          )
        }
      >
        <b>The block is not run.</b> These values are taken in its place, in runs of the draft.
      </Notice>
      {names.map((pin) => {
        const values = pinned[pin] ?? [];
        const schema = outputs.find((one) => one.name === pin)?.schema ?? {};
        if (isReadOnly) {
          return (
            <section key={pin} className="grid gap-1">
              <h3 className="pinname">{pinLabel(pin)}</h3>
              <ValueView value={values} label={pinLabel(pin)} />
            </section>
          );
        }
        return (
          <Field
            key={pin}
            label={pinLabel(pin)}
            note={values.length === 0 ? "gives nothing" : counted(values.length, "value")}
            help={description(schema)}
          >
            {(described) => (
              <JsonControl
                described={described}
                label={`Pinned values of ${pinLabel(pin)}`}
                schema={{ placeholder: "[ ] a list of values, given out one after the other" }}
                value={values.length > 0 ? values : undefined}
                check={(value) =>
                  Array.isArray(value) ? null : "Write a list of values: [ … ]. Each is given out by itself."
                }
                onChange={(value) => set(pin, value)}
              />
            )}
          </Field>
        );
      })}
    </>
  );
}
