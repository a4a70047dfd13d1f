// What the runs of a schedule get. A field that is left empty is the graph's: what it takes then stands in it.

import { InputField } from "@/components/inputs/input-field";
import { Loads } from "@/components/ui/status";
import type { LoadedInputs } from "@/features/triggers/use-graph-inputs";
import type { GraphInput } from "@/lib/graph/inputs";
import type { Schema } from "@/lib/graph/schema";

type Props = {
  inputs: LoadedInputs;
  values: Readonly<Record<string, unknown>>;
  /** By path: `inputs.<name>`. */
  errors: Readonly<Record<string, string>>;
  onChange: (name: string, value: unknown) => void;
};

export function ScheduleInputs({ inputs, values, errors, onChange }: Props) {
  return (
    <fieldset className="m-0 grid min-w-0 gap-3 border-0 p-0">
      <legend className="mb-2 p-0 font-semibold">Inputs of each run</legend>
      <Loads query={inputs} rows={2}>
        {(fields) =>
          fields.length === 0 ? (
            <p className="faint">This graph takes no inputs.</p>
          ) : (
            fields.map((input) => {
              const error = errors[`inputs.${input.name}`];
              return (
                <InputField
                  key={input.name}
                  name={input.name}
                  label={input.title}
                  schema={schemaOf(input)}
                  isRequired={input.isRequired}
                  value={values[input.name]}
                  onChange={(value) => onChange(input.name, value === "" ? undefined : value)}
                  {...(error ? { error } : {})}
                />
              );
            })
          )
        }
      </Loads>
    </fieldset>
  );
}

/** The value of the graph itself is what is taken where nothing is set. */
function schemaOf({ schema, value, description }: GraphInput): Schema {
  return { ...schema, default: value, description };
}
