// JSON as a text. What cannot be read stays in the field with its error and is not stored.

import { lazy, Suspense, useState } from "react";

import type { ControlProps } from "@/components/inputs/control-props";
import { WrittenError } from "@/components/inputs/written-error";
import { placeholder } from "@/lib/graph/schema";

const JsonEditor = lazy(async () => {
  const { JsonEditor } = await import("@/components/inputs/json-editor");
  return { default: JsonEditor };
});

type JsonProps = ControlProps & {
  /** What else must hold of a value that can be read; null: nothing is wrong. */
  check?: (value: unknown) => string | null;
};

export function JsonControl({ described, label, schema, value, onChange, check }: JsonProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = value ?? schema.default;
  const read = typed === null ? null : readJson(typed, check);
  // What was typed stands as it is while it is this value, or none at all; undo and other hands win.
  const isOwn = read !== null && ("error" in read || isEqual(read.value, value));
  const text =
    isOwn && typed !== null
      ? typed
      : shown === undefined || shown === null
        ? ""
        : JSON.stringify(shown, null, 2);
  const change = (next: string) => {
    setTyped(next);
    const made = readJson(next, check);
    if ("value" in made && !isEqual(made.value, value)) onChange(made.value);
  };
  return (
    <WrittenError id={described.id} error={isOwn && "error" in read ? read.error : undefined} isUnread>
      {(below) => (
        <Suspense fallback={<div className="input input--area jsonfield" aria-busy />}>
          <JsonEditor
            {...described}
            {...below}
            label={described["aria-label"] ?? label}
            text={text}
            placeholder={placeholder(schema) || "{ }"}
            onChange={change}
          />
        </Suspense>
      )}
    </WrittenError>
  );
}

/** Nothing typed is nothing set. */
export function readJson(
  text: string,
  check?: (value: unknown) => string | null,
): { value: unknown } | { error: string } {
  if (text.trim() === "") return { value: undefined };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    return { error: `This is no JSON yet: ${reason}. It is stored as soon as it is.` };
  }
  const wrong = check?.(value) ?? null;
  return wrong === null ? { value } : { error: wrong };
}

function isEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
