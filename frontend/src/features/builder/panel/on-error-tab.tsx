// What happens when the block fails, how long it may take, and how many values it works on at once.

import { NumberControl } from "@/components/inputs/number-control";
import { Checkbox, Select } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Segments } from "@/components/ui/tabs";
import { typed } from "@/features/builder/panel/typed";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node, NodePolicy } from "@/lib/autogpt-server-api/types";
import { PLAIN_POLICY, setPolicy } from "@/lib/graph/edit";
import { errorSentence, orderSentence, RETRYABLE_KINDS, retrySentence } from "@/lib/graph/policy";

type Order = "block" | "source" | "arrival";

const ORDERS: readonly { value: Order; label: string }[] = [
  { value: "block", label: "As the block does by itself" },
  { value: "source", label: "As the values came in" },
  { value: "arrival", label: "As the results come" },
];

export function OnErrorTab({ node }: { node: Node }) {
  const { editor } = useWorkbench();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const policy: NodePolicy = node.policy ?? PLAIN_POLICY;
  const { retry } = policy;
  const change = (field: string, next: Partial<NodePolicy>) =>
    typed(editor, `${node.id} policy ${field}`, "Change what happens on errors", (graph) =>
      setPolicy(graph, node.id, { ...policy, ...next }),
    );
  const changeRetry = (field: string, next: Partial<NodePolicy["retry"]>) =>
    change(field, { retry: { ...retry, ...next } });
  return (
    <div className="panel__body panel__body--scrolls">
      <fieldset disabled={isReadOnly} className="contents">
        <h3>Try again</h3>
        <NumberField
          label="How often"
          value={retry.times}
          usual={0}
          bounds={{ isWhole: true, min: 0, max: 100 }}
          onChange={(times) => changeRetry("times", { times: times ?? 0 })}
        />
        {retry.times > 0 && (
          <>
            <div className="grid grid-cols-2 items-start gap-3">
              <NumberField
                label="First pause (seconds)"
                value={retry.backoff_s}
                usual={1}
                bounds={{ isWhole: false, min: 0, max: 3_600 }}
                onChange={(seconds) => changeRetry("pause", { backoff_s: seconds ?? 1 })}
              />
              <NumberField
                label="Longest pause (seconds)"
                value={retry.max_backoff_s}
                usual={60}
                bounds={{ isWhole: false, min: 0, max: 86_400 }}
                onChange={(seconds) => changeRetry("longest", { max_backoff_s: seconds ?? 60 })}
              />
            </div>
            <Kinds kinds={retry.kinds} onChange={(kinds) => changeRetry("kinds", { kinds })} />
          </>
        )}
        <p className="field__help">{retrySentence(retry)}</p>

        <h3 className="border-line border-t pt-3.5">When no try is left</h3>
        <div>
          <Segments
            label="When no try is left"
            options={[
              { value: "stop", label: "Stop the run" },
              { value: "continue", label: "Go on" },
            ]}
            value={policy.on_error}
            onChange={(on_error) => change("on_error", { on_error })}
          />
        </div>
        <p className="field__help">{errorSentence(policy)}</p>

        <h3 className="border-line border-t pt-3.5">Time and order</h3>
        <NumberField
          label="Give up after (seconds)"
          value={policy.timeout_s ?? undefined}
          placeholder="no limit of its own"
          bounds={{ isWhole: false, min: 0.1, max: 86_400 }}
          help="Each try has this long; then it fails as timeout."
          onChange={(seconds) => change("timeout", { timeout_s: seconds ?? null })}
        />
        <NumberField
          label="Side by side"
          value={policy.parallel}
          usual={10}
          bounds={{ isWhole: true, min: 1, max: 1_000 }}
          onChange={(parallel) => change("parallel", { parallel: parallel ?? 10 })}
        />
        <Field label="Order of the results" help={orderSentence(policy.order, policy.parallel)}>
          {(described) => (
            <Select
              {...described}
              options={ORDERS}
              value={policy.order ?? "block"}
              onChange={(order) =>
                change("order", { order: order === "source" || order === "arrival" ? order : null })
              }
            />
          )}
        </Field>
      </fieldset>
    </div>
  );
}

type NumberFieldProps = {
  label: string;
  value: number | undefined;
  /** What is taken when nothing is written. */
  usual?: number;
  placeholder?: string;
  bounds: { isWhole: boolean; min: number; max: number };
  help?: string;
  onChange: (value: number | undefined) => void;
};

function NumberField({ label, value, usual, placeholder, bounds, help, onChange }: NumberFieldProps) {
  return (
    <Field label={label} {...(help ? { help } : {})}>
      {(described) => (
        <NumberControl
          described={described}
          label={label}
          schema={{ default: usual, placeholder }}
          value={value}
          bounds={{ ...bounds, step: null }}
          onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
        />
      )}
    </Field>
  );
}

function Kinds({ kinds, onChange }: { kinds: readonly string[]; onChange: (kinds: string[]) => void }) {
  const others = kinds.filter((code) => !RETRYABLE_KINDS.some((one) => one.code === code));
  const set = (code: string, isOn: boolean) =>
    onChange(isOn ? [...kinds, code] : kinds.filter((one) => one !== code));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a legend cannot stand in the grid of a field
    <div className="field" role="group" aria-label="For which errors">
      <div className="field__label">
        For which errors <span className="push faint font-normal">{kinds.length === 0 && "all of them"}</span>
      </div>
      <div className="grid gap-2 py-1">
        {[...RETRYABLE_KINDS, ...others.map((code) => ({ code, word: code }))].map(({ code, word }) => (
          <Checkbox
            key={code}
            label={word}
            isOn={kinds.includes(code)}
            onChange={(isOn) => set(code, isOn)}
          />
        ))}
      </div>
    </div>
  );
}
