// With what a run begins: the inputs of the graph, or the event of one of its triggers. Filled as the last run was.

import { type FormEvent, useMemo, useState } from "react";
import { InputField } from "@/components/inputs/input-field";
import { unreadControl } from "@/components/inputs/unread";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextArea } from "@/components/ui/field";
import type { Beginning } from "@/features/builder/run/runner";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { type GraphInput, givenInputs, graphInputs, isUngiven, triggersOf } from "@/lib/graph/inputs";
import { pinsOf } from "@/lib/graph/node-pins";

const BY_HAND = "by-hand";

type BeginDialogProps = { onBegin: (beginning: Beginning) => void; onClose: () => void };

export function BeginDialog({ onBegin, onClose }: BeginDialogProps) {
  const { editor, catalogue, pins, runner } = useBuilderParts();
  const [graph] = useState(() => editor.getState().graph);
  const last = runner.state.getState().beginning;
  const inputs = useMemo(
    () => graphInputs(graph, catalogue, (node) => pinsOf(node, catalogue, pins.getState())),
    [graph, catalogue, pins],
  );
  const triggers = useMemo(() => triggersOf(graph, catalogue), [graph, catalogue]);
  const [start, setStart] = useState(
    last.triggerNode ?? (inputs.length === 0 && triggers[0] ? triggers[0].nodeId : BY_HAND),
  );
  const [values, setValues] = useState<Record<string, unknown>>(() => beginningValues(inputs, last));
  const [payload, setPayload] = useState(() => JSON.stringify(last.inputs.payload ?? {}, null, 2));
  const [isTried, setIsTried] = useState(false);
  const isTrigger = start !== BY_HAND;
  const payloadError = isTrigger ? jsonError(payload) : undefined;
  const missing = inputs.filter((input) => input.isRequired && isUngiven(values[input.name]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsTried(true);
    const unread = unreadControl(event.currentTarget);
    if (unread) return unread.focus();
    if (payloadError || (!isTrigger && missing.length > 0)) return;
    onClose();
    onBegin(
      isTrigger
        ? { inputs: { payload: JSON.parse(payload) }, triggerNode: start }
        : { inputs: givenInputs(values), triggerNode: null },
    );
  };
  return (
    <Dialog
      title="Run"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="ink" type="submit" form="begin-run">
            Run
          </Button>
        </>
      }
    >
      <form id="begin-run" className="grid gap-4" onSubmit={submit}>
        {triggers.length > 0 && (
          <Field label="Begin with">
            {(described) => (
              <Select
                {...described}
                value={start}
                onChange={setStart}
                options={[
                  ...(inputs.length > 0 || triggers.length === 0
                    ? [{ value: BY_HAND, label: "The inputs of the graph" }]
                    : []),
                  ...triggers.map((trigger) => ({
                    value: trigger.nodeId,
                    label: `An event for ${trigger.name}`,
                  })),
                ]}
              />
            )}
          </Field>
        )}
        {isTrigger ? (
          <Field
            label="What the event brings"
            help="JSON, as the provider sends it"
            error={isTried ? payloadError : undefined}
          >
            {(described) => (
              <TextArea
                {...described}
                rows={8}
                className="mono"
                value={payload}
                onChange={(event) => setPayload(event.target.value)}
              />
            )}
          </Field>
        ) : (
          inputs.map((input) => (
            <InputField
              key={input.name}
              name={input.name}
              label={input.title}
              schema={{ ...input.schema, description: input.description || undefined }}
              isRequired={input.isRequired}
              value={values[input.name]}
              onChange={(value) => setValues((before) => ({ ...before, [input.name]: value }))}
              {...(isTried && missing.includes(input) ? { error: "The run needs this value." } : {})}
            />
          ))
        )}
      </form>
    </Dialog>
  );
}

function beginningValues(inputs: readonly GraphInput[], last: Beginning): Record<string, unknown> {
  return Object.fromEntries(
    inputs.map((input) => [input.name, last.inputs[input.name] ?? input.value ?? undefined]),
  );
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : "it cannot be read"}. Mend it, then run.`;
  }
}
