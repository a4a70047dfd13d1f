// The form for a secret: the provider's own lines, or headers for a host, or fields of one's own.

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import type { Draft, Errors, Pair, SecretKind } from "@/components/integrations/secret-draft";
import { Button, IconButton } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { ConnectionField } from "@/lib/api/integrations";

type SecretFormProps = {
  id: string;
  kind: SecretKind;
  fields: readonly ConnectionField[];
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  errors: Errors;
  /** Whether it is new: then it may be given a name. */
  isNew: boolean;
  /** What stands in the field for the name. */
  usualTitle: string;
};

export function SecretForm({
  id,
  kind,
  fields,
  draft,
  onChange,
  onSubmit,
  errors,
  ...rest
}: SecretFormProps) {
  const setValue = (key: string, value: string | boolean) =>
    onChange({ ...draft, values: { ...draft.values, [key]: value } });
  return (
    <form
      id={id}
      className="grid gap-4"
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // it may stand inside of another form
        onSubmit();
      }}
    >
      {fields.map((field) => (
        <Line
          key={field.key}
          field={field}
          value={draft.values[field.key]}
          error={errors[field.key]}
          onChange={(value) => setValue(field.key, value)}
        />
      ))}
      {fields.length === 0 && <OwnParts kind={kind} draft={draft} onChange={onChange} errors={errors} />}
      <div className="grid gap-4 sm:grid-cols-2">
        {rest.isNew && (
          <Field label="Name" note="optional" error={errors.title}>
            {(described) => (
              <TextInput
                {...described}
                value={draft.title}
                maxLength={200}
                placeholder={rest.usualTitle}
                onChange={(event) => onChange({ ...draft, title: event.target.value })}
              />
            )}
          </Field>
        )}
        {kind === "api_key" && (
          <Field label="Works until" note="optional" error={errors.expires_at}>
            {(described) => (
              <TextInput
                {...described}
                type="date"
                value={draft.lastDay}
                onChange={(event) => onChange({ ...draft, lastDay: event.target.value })}
              />
            )}
          </Field>
        )}
      </div>
    </form>
  );
}

type LineProps = {
  field: ConnectionField;
  value: string | boolean | undefined;
  error: string | undefined;
  onChange: (value: string | boolean) => void;
};

function Line({ field, value, error, onChange }: LineProps) {
  if (field.type === "checkbox") {
    return <Checkbox label={field.label} isOn={value === true} onChange={onChange} />;
  }
  return (
    <Field
      label={field.label}
      help={field.help}
      error={error}
      {...(field.is_required ? {} : { note: "optional" })}
    >
      {(described) => (
        <TextInput
          {...described}
          type={field.type}
          value={typeof value === "string" ? value : ""}
          placeholder={field.placeholder}
          autoComplete={field.type === "password" ? "new-password" : "off"}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

type OwnPartsProps = Pick<SecretFormProps, "kind" | "draft" | "onChange" | "errors">;

/** Headers of a host, or fields with names of one's own. */
function OwnParts({ kind, draft, onChange, errors }: OwnPartsProps) {
  const isHost = kind === "host_scoped";
  return (
    <>
      {isHost && (
        <Field
          label="Host"
          error={errors.host}
          help="Its headers are sent to this host and to no other. *.example.com is all below it."
        >
          {(described) => (
            <TextInput
              {...described}
              value={draft.host}
              placeholder="api.example.com"
              spellCheck={false}
              onChange={(event) => onChange({ ...draft, host: event.target.value })}
            />
          )}
        </Field>
      )}
      <Pairs
        label={isHost ? "Header" : "Field"}
        pairs={draft.pairs}
        error={errors.pairs}
        onChange={(pairs) => onChange({ ...draft, pairs })}
      />
    </>
  );
}

type PairsProps = {
  label: string;
  pairs: readonly Pair[];
  error: string | undefined;
  onChange: (pairs: readonly Pair[]) => void;
};

function Pairs({ label, pairs, error, onChange }: PairsProps) {
  const [nextId, setNextId] = useState(pairs.length);
  const change = (id: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair) => (pair.id === id ? { ...pair, ...part } : pair)));
  const add = () => {
    onChange([...pairs, { id: nextId, name: "", value: "" }]);
    setNextId(nextId + 1);
  };
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="field__label mb-1">{label}s</legend>
      {pairs.map((pair, place) => (
        <div key={pair.id} className="row">
          <TextInput
            aria-label={`Name of ${label.toLowerCase()} ${place + 1}`}
            placeholder="Name"
            value={pair.name}
            spellCheck={false}
            onChange={(event) => change(pair.id, { name: event.target.value })}
          />
          <TextInput
            aria-label={`Value of ${label.toLowerCase()} ${place + 1}`}
            placeholder="Value"
            type="password"
            autoComplete="new-password"
            value={pair.value}
            onChange={(event) => change(pair.id, { value: event.target.value })}
          />
          <IconButton
            icon={Trash2}
            label={`Remove ${label.toLowerCase()} ${place + 1}`}
            className="flex-none"
            disabled={pairs.length === 1}
            onClick={() => onChange(pairs.filter((one) => one.id !== pair.id))}
          />
        </div>
      ))}
      {error && <Notice kind="fail">{error}</Notice>}
      <Button size="small" variant="quiet" icon={Plus} className="justify-self-start" onClick={add}>
        Add {label.toLowerCase()}
      </Button>
    </fieldset>
  );
}
