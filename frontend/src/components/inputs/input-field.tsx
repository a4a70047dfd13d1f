// One input as a field of a form: label, the widget that its schema gets, help, what is wrong.

import { CircleAlert, RotateCcw } from "lucide-react";
import { type ReactNode, useId } from "react";

import { Control } from "@/components/inputs/control";
import { type Widget, widgetFor } from "@/components/inputs/widget-for";
import { IconButton } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { description, isSecret, type Schema } from "@/lib/graph/schema";

type InputFieldProps = {
  name: string;
  label: string;
  schema: Schema;
  /** undefined: nothing is set. */
  value: unknown;
  onChange: (value: unknown) => void;
  isRequired?: boolean;
  /** What is wrong and what to do. */
  error?: string;
  /** At the right of the label. */
  note?: ReactNode;
};

export function InputField({
  name,
  label,
  schema,
  value,
  onChange,
  isRequired = false,
  error,
  note,
}: InputFieldProps) {
  const widget = widgetFor(schema);
  const isMissing = isRequired && (value === undefined || value === null || value === "");
  const beside = (
    <span className="inline-flex items-center gap-2">
      {note}
      {isMissing ? "required" : <Reset label={label} schema={schema} value={value} onChange={onChange} />}
    </span>
  );
  const frame = { label, note: beside, help: description(schema), error };
  if (widget.kind === "toggle")
    return <ToggleField {...frame} schema={schema} value={value} onChange={onChange} />;
  const Frame = isGroup(widget) ? GroupField : Field;
  return (
    <Frame {...frame}>
      {(described) => (
        <Control
          key={name}
          described={described}
          label={label}
          schema={schema}
          value={value}
          onChange={onChange}
        />
      )}
    </Frame>
  );
}

type ResetProps = { label: string; schema: Schema; value: unknown; onChange: (value: unknown) => void };

/** Back to what is taken where nothing is set; only where the two differ. */
function Reset({ label, schema, value, onChange }: ResetProps) {
  const { default: usual } = schema;
  const hasDefault = usual !== undefined && usual !== null && usual !== "" && !isSecret(schema);
  if (!hasDefault || value === undefined || JSON.stringify(value) === JSON.stringify(usual)) return null;
  return (
    <IconButton
      icon={RotateCcw}
      size="small"
      className="field__reset edits"
      label={`Use the default of ${label}`}
      onClick={() => onChange(undefined)}
    />
  );
}

type FrameProps = {
  label: string;
  note: ReactNode;
  help: string;
  error: string | undefined;
};

type GroupFieldProps = FrameProps & {
  children: (described: {
    id: string;
    "aria-describedby"?: string;
    "aria-invalid"?: true;
    "aria-label"?: string;
  }) => ReactNode;
};

/** Several controls under one label. */
function GroupField({ label, note, help, error, children }: GroupFieldProps) {
  const id = useId();
  const hasBelow = Boolean(error || help);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand in a row with the note
    <div
      className="field"
      role="group"
      aria-labelledby={`${id}-label`}
      aria-describedby={hasBelow ? `${id}-below` : undefined}
    >
      <div className="field__label">
        <span id={`${id}-label`}>{label}</span>
        <span className="push faint font-normal row">{note}</span>
      </div>
      {children({ id, "aria-label": label })}
      <Below id={`${id}-below`} help={help} error={error} />
    </div>
  );
}

type ToggleFieldProps = FrameProps & { schema: Schema; value: unknown; onChange: (value: unknown) => void };

/** A switch stands at the right of its label. */
function ToggleField({ label, note, help, error, schema, value, onChange }: ToggleFieldProps) {
  const id = useId();
  const below = error || help ? `${id}-below` : undefined;
  return (
    <div className="field">
      <div className="field__label min-h-6">
        <label htmlFor={id}>{label}</label>
        <span className="push faint font-normal row">
          {note}
          <Control
            described={{
              id,
              ...(below ? { "aria-describedby": below } : {}),
              ...(error ? { "aria-invalid": true as const } : {}),
            }}
            label={label}
            schema={schema}
            value={value}
            onChange={onChange}
          />
        </span>
      </div>
      <Below id={`${id}-below`} help={help} error={error} />
    </div>
  );
}

function Below({ id, help, error }: { id: string; help: string; error: string | undefined }) {
  if (error) {
    return (
      <p id={id} className="field__error" role="alert">
        <Icon of={CircleAlert} size={14} className="mt-px" />
        <span>{error}</span>
      </p>
    );
  }
  return help ? (
    <p id={id} className="field__help">
      {help}
    </p>
  ) : null;
}

/** Widgets of several controls have no single one that the label could belong to. */
function isGroup(widget: Widget): boolean {
  return ["list", "dictionary", "fields", "table", "choices", "variants", "json", "file", "cron"].includes(
    widget.kind,
  );
}
