// When something is to happen: a choice of usual times, the expression itself, a time zone, and what comes of them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { CronComing } from "@/components/cron/cron-coming";
import { PresetFields } from "@/components/cron/preset-fields";
import { useSettled } from "@/components/cron/settled";
import { Select } from "@/components/ui/choice";
import { Field, TextInput } from "@/components/ui/field";
import { type SearchOption, SearchSelect } from "@/components/ui/search-select";
import { cronPreviewQuery } from "@/lib/api/schedules";
import { refusalOf } from "@/lib/api/triggers";
import { asPreset, type Preset, toCron } from "@/lib/cron";
import { timezones } from "@/lib/cron-times";

export type CronValue = { cron: string; timezone: string };

type CronFieldProps = {
  value: CronValue;
  onChange: (value: CronValue) => void;
  /** What the server said of each when it was asked to store them. */
  errors?: { cron?: string | undefined; timezone?: string | undefined };
};

type Kind = Preset["kind"] | "text";

const KINDS: readonly { value: Kind; label: string }[] = [
  { value: "minutes", label: "Every few minutes" },
  { value: "hours", label: "Every few hours" },
  { value: "daily", label: "Every day" },
  { value: "weekdays", label: "Monday to Friday" },
  { value: "weekly", label: "Every week" },
  { value: "monthly", label: "Every month" },
  { value: "text", label: "As the expression says" },
];

const SETTLES_MS = 250;
const SEPARATORS = /[/_]/g;

export function CronField({ value, onChange, errors = {} }: CronFieldProps) {
  const [isText, setIsText] = useState(false);
  const preset = isText ? null : asPreset(value.cron);
  const preview = usePreview(value);
  const found = refusalOf(preview.error, isOurs).fields;
  const setCron = (cron: string) => onChange({ ...value, cron });
  const chooseKind = (kind: string) => {
    setIsText(kind === "text");
    const first = firstOf(kind, asPreset(value.cron));
    if (first) setCron(toCron(first));
  };
  return (
    <div className="grid gap-3">
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field label="Repeats">
          {(described) => (
            <Select {...described} options={KINDS} value={preset?.kind ?? "text"} onChange={chooseKind} />
          )}
        </Field>
        {preset && <PresetFields preset={preset} onChange={(next) => setCron(toCron(next))} />}
      </div>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field
          label="Cron expression"
          help="Minute, hour, day of the month, month, day of the week"
          error={errors.cron ?? found.cron}
        >
          {(described) => (
            <TextInput
              {...described}
              className="mono"
              value={value.cron}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setCron(event.target.value)}
            />
          )}
        </Field>
        <Field label="Time zone" error={errors.timezone ?? found.timezone}>
          {(described) => (
            <SearchSelect
              {...described}
              options={zoneOptions()}
              value={value.timezone}
              searchLabel="Search time zones"
              onChange={(timezone) => onChange({ ...value, timezone })}
            />
          )}
        </Field>
      </div>
      <CronComing preview={preview.isError ? null : preview.data} problem={unplaced(preview.error)} />
    </div>
  );
}

/** What comes of a value, as soon as a person stops typing. */
function usePreview(value: CronValue) {
  const cron = useSettled(value.cron, SETTLES_MS);
  const timezone = useSettled(value.timezone, SETTLES_MS);
  return useQuery({ ...cronPreviewQuery(cron, timezone), placeholderData: keepPreviousData });
}

function isOurs(path: string): boolean {
  return path === "cron" || path === "timezone";
}

function unplaced(error: unknown): string {
  return refusalOf(error, isOurs).rest.join(" ");
}

/** What a kind begins with; the time of day that was chosen before stays. */
function firstOf(kind: string, before: Preset | null): Preset | null {
  const time = before && "time" in before ? before.time : "09:00";
  switch (kind) {
    case "minutes":
      return { kind, every: 15 };
    case "hours":
      return { kind, every: 1, minute: 0 };
    case "daily":
    case "weekdays":
      return { kind, time };
    case "weekly":
      return { kind, days: ["MON"], time };
    case "monthly":
      return { kind, day: 1, time };
    default:
      return null;
  }
}

let zones: readonly SearchOption[] | undefined;

/** Made once: there are more than 400. */
function zoneOptions(): readonly SearchOption[] {
  zones ??= timezones().map((name) => ({ value: name, label: name, words: name.replace(SEPARATORS, " ") }));
  return zones;
}
