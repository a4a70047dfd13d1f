// One of a few, or several of them.

import type { ControlProps } from "@/components/inputs/control-props";
import type { Choice } from "@/components/inputs/widget-for";
import { Checkbox, Select } from "@/components/ui/choice";
import { placeholder } from "@/lib/graph/schema";

type ChoiceProps = ControlProps & { options: readonly Choice[] };

export function ChoiceControl({ described, schema, value, onChange, options }: ChoiceProps) {
  const shown = value ?? schema.default;
  const place = options.findIndex((option) => option.value === shown);
  return (
    <Select
      {...described}
      value={place < 0 ? null : String(place)}
      placeholder={
        typeof shown === "string" && shown !== ""
          ? `${shown} (no longer a choice)`
          : placeholder(schema) || "Choose"
      }
      options={options.map((option, at) => ({ value: String(at), label: option.label }))}
      onChange={(at) => onChange(options[Number(at)]?.value)}
    />
  );
}

/** The chosen ones, in the order in which they are offered. */
export function ChoicesControl({ schema, value, onChange, options }: ChoiceProps) {
  const given = value ?? schema.default;
  const chosen = new Set(Array.isArray(given) ? given : []);
  const toggle = (option: Choice, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(option.value);
    else next.delete(option.value);
    onChange(options.filter((one) => next.has(one.value)).map((one) => one.value));
  };
  return (
    <div className="grid gap-2 py-1">
      {options.map((option) => (
        <Checkbox
          key={String(option.value)}
          label={option.label}
          isOn={chosen.has(option.value)}
          onChange={(isOn) => toggle(option, isOn)}
        />
      ))}
    </div>
  );
}
