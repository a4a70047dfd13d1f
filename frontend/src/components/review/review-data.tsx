// What a review asks about: to be edited field by field or as JSON, or only to be read.

import {
  asJson,
  type Draft,
  type DraftField,
  draftOf,
  type Problems,
  readDraft,
  withField,
} from "@/components/review/review-draft";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/choice";
import { Field, TextArea, TextInput } from "@/components/ui/field";

type ReviewDataProps = { draft: Draft; problems: Problems; onChange: (draft: Draft) => void };

export function ReviewData({ draft, problems, onChange }: ReviewDataProps) {
  if (draft.shape === "text") {
    return (
      <Field label="Text" error={problems[""]}>
        {(described) => (
          <TextArea
            {...described}
            rows={rowsOf(draft.text)}
            value={draft.text}
            onChange={(event) => onChange({ ...draft, text: event.target.value })}
          />
        )}
      </Field>
    );
  }
  const now = readDraft(draft);
  const other = "problems" in now ? null : draft.shape === "json" ? draftOf(now.value) : asJson(now.value);
  return (
    <div className="grid gap-3">
      {draft.shape === "json" ? (
        <JsonField
          label="Data as JSON"
          text={draft.text}
          error={problems[""]}
          onChange={(text) => onChange({ shape: "json", text })}
        />
      ) : (
        draft.fields.map((field) => (
          <OneField
            key={field.key}
            field={field}
            error={problems[field.key] ?? problems[""]}
            onChange={(text) => onChange(withField(draft, field.key, text))}
          />
        ))
      )}
      {other !== null && other.shape !== draft.shape && (
        <div>
          <Button variant="quiet" size="small" onClick={() => onChange(other)}>
            {draft.shape === "json" ? "Edit as fields" : "Edit as JSON"}
          </Button>
        </div>
      )}
    </div>
  );
}

type OneFieldProps = { field: DraftField; error: string | undefined; onChange: (text: string) => void };

function OneField({ field, error, onChange }: OneFieldProps) {
  if (field.kind === "boolean") {
    return (
      <Switch label={field.key} isOn={field.text === "true"} onChange={(isOn) => onChange(String(isOn))} />
    );
  }
  if (field.kind === "json") {
    return <JsonField label={field.key} text={field.text} error={error} onChange={onChange} />;
  }
  return (
    <Field label={field.key} error={error}>
      {(described) =>
        field.kind === "text" ? (
          <TextArea
            {...described}
            rows={rowsOf(field.text)}
            value={field.text}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <TextInput
            {...described}
            {...(field.kind === "number" ? { inputMode: "decimal" as const } : {})}
            value={field.text}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

type JsonFieldProps = {
  label: string;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
};

function JsonField({ label, text, error, onChange }: JsonFieldProps) {
  return (
    <Field label={label} error={error} note="JSON">
      {(described) => (
        <TextArea
          {...described}
          className="mono"
          spellCheck={false}
          rows={rowsOf(text)}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Data that nobody may change. */
export function ReviewText({ value, label = "Data" }: { value: unknown; label?: string }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it
    <section className="code review__data" aria-label={label} tabIndex={0}>
      {text}
    </section>
  );
}

const MOST_ROWS = 14;

function rowsOf(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + Math.ceil((line.length + 1) / 90), 0);
  return Math.min(MOST_ROWS, Math.max(2, lines));
}
