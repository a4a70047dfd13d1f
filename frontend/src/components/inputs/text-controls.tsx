// Texts: short, long, code, secret; and dates and times, which are texts to the server.

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";

import type { ControlProps } from "@/components/inputs/control-props";
import { IconButton } from "@/components/ui/button";
import { TextArea, TextInput } from "@/components/ui/field";
import { placeholder, type Schema } from "@/lib/graph/schema";

export function TextControl({ described, schema, value, onChange }: ControlProps) {
  return (
    <TextInput
      {...described}
      value={asText(value)}
      placeholder={placeholder(schema)}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(fromText(event.target.value, schema))}
    />
  );
}

type LongTextProps = ControlProps & { isCode?: boolean };

export function LongTextControl({ described, schema, value, onChange, isCode = false }: LongTextProps) {
  return (
    <TextArea
      {...described}
      rows={isCode ? 2 : 4}
      className={`input--grows ${isCode ? "mono" : ""}`}
      value={asText(value)}
      placeholder={placeholder(schema)}
      spellCheck={!isCode}
      onChange={(event) => onChange(fromText(event.target.value, schema))}
    />
  );
}

export function SecretControl({ described, label, schema, value, onChange }: ControlProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="flex gap-1">
      <TextInput
        {...described}
        type={isShown ? "text" : "password"}
        className="mono"
        value={asText(value)}
        placeholder={placeholder(schema)}
        autoComplete="new-password"
        spellCheck={false}
        onChange={(event) => onChange(fromText(event.target.value, schema))}
      />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        label={isShown ? `Hide ${label}` : `Show ${label}`}
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
      />
    </div>
  );
}

const MOMENT = { date: "date", time: "time", "date-time": "datetime-local" } as const;

type MomentProps = ControlProps & { kind: keyof typeof MOMENT };

/** A date and time is kept with the zone of this browser, as the server wants a moment and no wall clock. */
export function MomentControl({ described, schema, value, onChange, kind }: MomentProps) {
  const text = asText(value);
  const shown = kind === "date-time" ? toLocal(text) : text;
  const isOther = text !== "" && shown === "";
  if (isOther) {
    // Something that the browser's field cannot show, such as "tomorrow": it is not thrown away.
    return (
      <TextInput
        {...described}
        value={text}
        onChange={(event) => onChange(fromText(event.target.value, schema))}
      />
    );
  }
  return (
    <TextInput
      {...described}
      type={MOMENT[kind]}
      className="num"
      value={shown}
      onChange={(event) => {
        const given = event.target.value;
        onChange(given === "" ? undefined : kind === "date-time" ? fromLocal(given) : given);
      }}
    />
  );
}

/** 2026-03-14T09:30 in the zone of this browser; empty: it is no moment. */
function toLocal(text: string): string {
  const date = new Date(text);
  if (text === "" || Number.isNaN(date.getTime())) return "";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** 2026-03-14T09:30:00+01:00 */
export function fromLocal(text: string): string {
  const offset = -new Date(text).getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${text}:00${sign}${two(hours)}:${two(minutes)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Nothing typed is nothing set, save where a default would come in its place. */
export function fromText(text: string, schema: Schema): string | undefined {
  const hasDefault = typeof schema.default === "string" && schema.default !== "";
  return text === "" && !hasDefault ? undefined : text;
}
