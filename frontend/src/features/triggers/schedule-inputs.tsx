// What the runs of a schedule get.

import { Loads } from "@/components/ui/status";
import type { InputTexts } from "@/features/triggers/graph-inputs";
import { InputField } from "@/features/triggers/input-field";
import type { LoadedInputs } from "@/features/triggers/use-graph-inputs";

type Props = {
  inputs: LoadedInputs;
  texts: InputTexts;
  /** By path: `inputs.<name>`. */
  errors: Readonly<Record<string, string>>;
  onChange: (name: string, value: string | boolean) => void;
};

export function ScheduleInputs({ inputs, texts, errors, onChange }: Props) {
  return (
    <fieldset className="m-0 grid min-w-0 gap-3 border-0 p-0">
      <legend className="mb-2 p-0 font-semibold">Inputs of each run</legend>
      <Loads query={inputs} rows={2}>
        {(fields) =>
          fields.length === 0 ? (
            <p className="faint">This graph takes no inputs.</p>
          ) : (
            fields.map((input) => (
              <InputField
                key={input.name}
                input={input}
                value={texts[input.name]}
                error={errors[`inputs.${input.name}`]}
                onChange={(value) => onChange(input.name, value)}
              />
            ))
          )
        }
      </Loads>
    </fieldset>
  );
}
