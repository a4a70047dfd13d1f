// One input of a graph in a form, as its block wants it.

import { Checkbox, Select } from "@/components/ui/choice";
import { Field, TextArea, TextInput } from "@/components/ui/field";
import type { GraphInput } from "@/features/triggers/graph-inputs";

type Props = {
  input: GraphInput;
  value: string | boolean | undefined;
  onChange: (value: string | boolean) => void;
  error?: string | undefined;
};

export function InputField({ input, value, onChange, error }: Props) {
  const { kind, preset, options, title } = input;
  if (kind === "toggle")
    return (
      <Checkbox
        label={title}
        isOn={typeof value === "boolean" ? value : preset === true}
        onChange={onChange}
      />
    );
  const text = typeof value === "string" ? value : "";
  const note = preset === undefined ? "needed" : undefined;
  return (
    <Field label={title} note={note} help={helpOf(input)} error={error}>
      {(described) => {
        if (kind === "choice")
          return (
            <Select
              {...described}
              options={options.map((option) => ({ value: option, label: option }))}
              value={text || null}
              placeholder={typeof preset === "string" ? preset : "Choose"}
              onChange={onChange}
            />
          );
        const common = {
          ...described,
          value: text,
          placeholder: placeholderOf(preset),
        };
        if (kind === "long-text" || kind === "json")
          return (
            <TextArea
              {...common}
              rows={3}
              className={kind === "json" ? "mono" : ""}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        return (
          <TextInput
            {...common}
            type={kind === "date" || kind === "time" ? kind : "text"}
            {...(kind === "number" ? { inputMode: "decimal" as const } : {})}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

function helpOf({ kind, description }: GraphInput): string {
  return [description, kind === "json" ? "JSON or plain text" : ""].filter(Boolean).join(". ");
}

/** What the graph takes when the field stays empty. */
function placeholderOf(preset: unknown): string {
  if (preset === undefined) return "";
  return typeof preset === "string" ? preset : JSON.stringify(preset);
}
