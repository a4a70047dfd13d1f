// A number as it is typed; what is no number (yet) stays in the field with its error.

import { type KeyboardEvent, useState } from "react";

import type { ControlProps } from "@/components/inputs/control-props";
import { WrittenError } from "@/components/inputs/written-error";
import { TextInput } from "@/components/ui/field";
import { placeholder } from "@/lib/graph/schema";

type NumberBounds = { isWhole: boolean; min: number | null; max: number | null; step: number | null };
type NumberProps = ControlProps & { bounds: NumberBounds };

export function NumberControl({ described, schema, value, onChange, bounds }: NumberProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const read = typed === null ? null : readNumber(typed, bounds);
  // What was typed is shown only while it is what was made of it: undo and other hands win.
  const isOwn = read !== null && ("error" in read || read.value === value);
  const text = isOwn && typed !== null ? typed : written(value);
  const error = isOwn && "error" in read ? read.error : undefined;
  const change = (next: string) => {
    setTyped(next);
    const made = readNumber(next, bounds);
    if ("value" in made && made.value !== value) onChange(made.value);
  };
  const step = (event: KeyboardEvent, by: number) => {
    const from = typeof value === "number" ? value : typeof schema.default === "number" ? schema.default : 0;
    const next = clamp(Number((from + by * (bounds.step ?? 1)).toPrecision(12)), bounds);
    event.preventDefault();
    change(String(next));
  };
  return (
    <WrittenError id={described.id} error={error} isUnread>
      {(below) => (
        <TextInput
          {...described}
          {...below}
          className="num"
          inputMode={bounds.isWhole ? "numeric" : "decimal"}
          autoComplete="off"
          value={text}
          placeholder={placeholder(schema)}
          onChange={(event) => change(event.target.value)}
          onBlur={() => error === undefined && setTyped(null)}
          onKeyDown={(event) => {
            if (event.key === "ArrowUp") step(event, 1);
            if (event.key === "ArrowDown") step(event, -1);
          }}
        />
      )}
    </WrittenError>
  );
}

/** The number in a text; nothing typed is nothing set. A decimal comma is taken as a point. */
export function readNumber(
  text: string,
  { isWhole, min, max, step }: NumberBounds,
): { value: number | undefined } | { error: string } {
  const trimmed = text.trim().replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  if (trimmed === "") return { value: undefined };
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return { error: `"${text}" is no number. Write it as in 12.5.` };
  if (isWhole && !Number.isInteger(value)) return { error: "It has to be a whole number, such as 12." };
  if (min !== null && value < min) return { error: `It has to be at least ${min}.` };
  if (max !== null && value > max) return { error: `It may be ${max} at most.` };
  if (step !== null && !isMultiple(value, step)) return { error: `It has to be a multiple of ${step}.` };
  return { value };
}

function isMultiple(value: number, step: number): boolean {
  const times = value / step;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

function clamp(value: number, { min, max }: NumberBounds): number {
  return Math.min(Math.max(value, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY);
}

function written(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : String(value);
}
