// An object with known properties: a field for each. Yes-or-no properties alone are a list to tick.

import type { ControlProps } from "@/components/inputs/control-props";
import { InputField } from "@/components/inputs/input-field";
import { Checkbox } from "@/components/ui/choice";
import { description, fieldLabel, type NamedSchema } from "@/lib/graph/schema";
import { isRecord } from "@/lib/values";

type FieldsProps = ControlProps & { fields: readonly NamedSchema[] };

export function FieldsControl({ schema, value, onChange, fields }: FieldsProps) {
  const given = value ?? schema.default;
  const object = isRecord(given) ? given : {};
  const set = (name: string, next: unknown) => {
    const { [name]: _before, ...rest } = object;
    const made = next === undefined ? rest : { ...object, [name]: next };
    onChange(Object.keys(made).length > 0 ? made : undefined);
  };
  if (fields.every((field) => field.schema.type === "boolean")) {
    return (
      <div className="grid grid-cols-2 gap-x-3 gap-y-2 py-1">
        {fields.map((field) => (
          <span key={field.name} title={description(field.schema) || undefined} className="min-w-0">
            <Checkbox
              label={fieldLabel(field.name)}
              isOn={(object[field.name] ?? field.schema.default) === true}
              onChange={(isOn) => set(field.name, isOn)}
            />
          </span>
        ))}
      </div>
    );
  }
  return (
    <div className="inset-fields">
      {fields.map((field) => (
        <InputField
          key={field.name}
          name={field.name}
          label={fieldLabel(field.name)}
          schema={field.schema}
          isRequired={field.isRequired}
          value={object[field.name]}
          onChange={(next) => set(field.name, next)}
        />
      ))}
    </div>
  );
}
