// What a usual time still needs: every how many minutes, at what time, on which days.

import { ToggleGroup } from "radix-ui";

import { type Option, Select } from "@/components/ui/choice";
import { Field, TextInput } from "@/components/ui/field";
import { HOUR_STEPS, MINUTE_STEPS, type Preset, WEEKDAYS, type Weekday } from "@/lib/cron";

type Props<Chosen extends Preset> = { preset: Chosen; onChange: (preset: Preset) => void };

const DAY_NAMES: Record<Weekday, [short: string, long: string]> = {
  MON: ["Mo", "Monday"],
  TUE: ["Tu", "Tuesday"],
  WED: ["We", "Wednesday"],
  THU: ["Th", "Thursday"],
  FRI: ["Fr", "Friday"],
  SAT: ["Sa", "Saturday"],
  SUN: ["Su", "Sunday"],
};

const MINUTES = MINUTE_STEPS.map((every) => numbered(every, "minute"));
const HOURS = HOUR_STEPS.map((every) => numbered(every, "hour"));
const PAST: readonly Option[] = Array.from({ length: 60 }, (_, minute) => ({
  value: String(minute),
  label: `:${String(minute).padStart(2, "0")}`,
}));
const MONTH_DAYS: readonly Option[] = [
  ...Array.from({ length: 31 }, (_, day) => ({ value: String(day + 1), label: `Day ${day + 1}` })),
  { value: "L", label: "The last day" },
];

function numbered(every: number, unit: string): Option {
  return { value: String(every), label: every === 1 ? `Every ${unit}` : `Every ${every} ${unit}s` };
}

export function PresetFields({ preset, onChange }: Props<Preset>) {
  switch (preset.kind) {
    case "minutes":
      return (
        <Field label="How often">
          {(described) => (
            <Select
              {...described}
              options={MINUTES}
              value={String(preset.every)}
              onChange={(every) => onChange({ ...preset, every: Number(every) })}
            />
          )}
        </Field>
      );
    case "hours":
      return <HourFields preset={preset} onChange={onChange} />;
    case "weekly":
      return (
        <>
          <TimeField preset={preset} onChange={onChange} />
          <DaysField preset={preset} onChange={onChange} />
        </>
      );
    case "monthly":
      return <MonthFields preset={preset} onChange={onChange} />;
    default:
      return <TimeField preset={preset} onChange={onChange} />;
  }
}

function HourFields({ preset, onChange }: Props<Extract<Preset, { kind: "hours" }>>) {
  return (
    <div className="grid grid-cols-[1fr_96px] items-start gap-3">
      <Field label="How often">
        {(described) => (
          <Select
            {...described}
            options={HOURS}
            value={String(preset.every)}
            onChange={(every) => onChange({ ...preset, every: Number(every) })}
          />
        )}
      </Field>
      <Field label="At minute">
        {(described) => (
          <Select
            {...described}
            options={PAST}
            value={String(preset.minute)}
            onChange={(minute) => onChange({ ...preset, minute: Number(minute) })}
          />
        )}
      </Field>
    </div>
  );
}

function MonthFields({ preset, onChange }: Props<Extract<Preset, { kind: "monthly" }>>) {
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      <Field label="On" help={skipped(preset.day)}>
        {(described) => (
          <Select
            {...described}
            options={MONTH_DAYS}
            value={String(preset.day)}
            onChange={(day) => onChange({ ...preset, day: day === "L" ? day : Number(day) })}
          />
        )}
      </Field>
      <TimeField preset={preset} onChange={onChange} />
    </div>
  );
}

function skipped(day: number | "L"): string {
  return typeof day === "number" && day > 28 ? "Not in months that have no such day" : "";
}

function TimeField({ preset, onChange }: Props<Extract<Preset, { time: string }>>) {
  const set = (time: string) => {
    if (/^\d\d:\d\d$/.test(time)) onChange({ ...preset, time });
  };
  return (
    <Field label="At">
      {(described) => (
        <TextInput
          {...described}
          type="time"
          value={preset.time}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </Field>
  );
}

/** At least one day stays chosen. */
function DaysField({ preset, onChange }: Props<Extract<Preset, { kind: "weekly" }>>) {
  const set = (names: string[]) => {
    const days = WEEKDAYS.filter((day) => names.includes(day));
    if (days.length > 0) onChange({ ...preset, days });
  };
  return (
    <div className="field sm:col-span-2">
      <span className="field__label">On</span>
      <ToggleGroup.Root
        type="multiple"
        aria-label="Days of the week"
        className="segs justify-self-start"
        value={[...preset.days]}
        onValueChange={set}
      >
        {WEEKDAYS.map((day) => (
          <ToggleGroup.Item key={day} value={day} aria-label={DAY_NAMES[day][1]} className="seg">
            {DAY_NAMES[day][0]}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </div>
  );
}
