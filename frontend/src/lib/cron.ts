// The cron expressions that have a form of their own, both ways: five fields <-> what a person chooses.

export type Weekday = "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT" | "SUN";

/** `time` is HH:MM on a clock of the time zone; `minute` counts from the full hour. */
export type Preset =
  | { kind: "minutes"; every: number }
  | { kind: "hours"; every: number; minute: number }
  | { kind: "daily"; time: string }
  | { kind: "weekdays"; time: string }
  | { kind: "weekly"; days: readonly Weekday[]; time: string }
  | { kind: "monthly"; day: number | "L"; time: string };

export const WEEKDAYS: readonly Weekday[] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/** Steps that divide the hour and the day: all others would leave a shorter gap at the end. */
export const MINUTE_STEPS: readonly number[] = [1, 2, 3, 5, 10, 15, 20, 30];
export const HOUR_STEPS: readonly number[] = [1, 2, 3, 4, 6, 8, 12];

export function toCron(preset: Preset): string {
  switch (preset.kind) {
    case "minutes":
      return `${step(preset.every)} * * * *`;
    case "hours":
      return `${preset.minute} ${step(preset.every)} * * *`;
    case "daily":
      return `${clock(preset.time)} * * *`;
    case "weekdays":
      return `${clock(preset.time)} * * MON-FRI`;
    case "weekly":
      return `${clock(preset.time)} * * ${WEEKDAYS.filter((day) => preset.days.includes(day)).join(",")}`;
    case "monthly":
      return `${clock(preset.time)} ${preset.day} * *`;
  }
}

function step(every: number): string {
  return every === 1 ? "*" : `*/${every}`;
}

function clock(time: string): string {
  const [hour, minute] = time.split(":");
  return `${Number(minute)} ${Number(hour)}`;
}

const ALIASES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * SUN",
  "@monthly": "0 0 1 * *",
};

/** What the form shows for an expression; null: only its text says it. */
export function asPreset(cron: string): Preset | null {
  const said = cron.trim().toUpperCase();
  const fields = (ALIASES[said.toLowerCase()] ?? said).split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (month !== "*") return null;
  if (day === "*" && weekday === "*") return everySoOften(minute, hour) ?? atTime(minute, hour);
  const time = timeOf(minute, hour);
  if (time === null) return null;
  if (day === "*") return onWeekdays(weekday, time);
  return weekday === "*" ? onDay(day, time) : null;
}

function everySoOften(minute: string, hour: string): Preset | null {
  const minutes = stepOf(minute, MINUTE_STEPS);
  if (hour === "*" && minutes !== null) return { kind: "minutes", every: minutes };
  const hours = stepOf(hour, HOUR_STEPS);
  const after = numberOf(minute, 59);
  return hours !== null && after !== null ? { kind: "hours", every: hours, minute: after } : null;
}

function atTime(minute: string, hour: string): Preset | null {
  const time = timeOf(minute, hour);
  return time === null ? null : { kind: "daily", time };
}

function onWeekdays(field: string, time: string): Preset | null {
  const days = daysOf(field);
  if (days === null) return null;
  const isWorkWeek = days.length === 5 && !days.includes("SAT") && !days.includes("SUN");
  return isWorkWeek ? { kind: "weekdays", time } : { kind: "weekly", days, time };
}

function onDay(field: string, time: string): Preset | null {
  if (field === "L") return { kind: "monthly", day: "L", time };
  const day = numberOf(field, 31);
  return day === null || day === 0 ? null : { kind: "monthly", day, time };
}

function stepOf(field: string, steps: readonly number[]): number | null {
  const every = field === "*" ? 1 : Number(/^\*\/(\d{1,2})$/.exec(field)?.[1] ?? Number.NaN);
  return steps.includes(every) ? every : null;
}

function numberOf(field: string, most: number): number | null {
  if (!/^\d{1,2}$/.test(field)) return null;
  const value = Number(field);
  return value <= most ? value : null;
}

function timeOf(minute: string, hour: string): string | null {
  const [hours, minutes] = [numberOf(hour, 23), numberOf(minute, 59)];
  if (hours === null || minutes === null) return null;
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

/** Names or numbers (0 and 7 are Sunday), with lists and ranges; in the order of a week that begins on Monday. */
function daysOf(field: string): Weekday[] | null {
  const found = new Set<Weekday>();
  for (const part of field.split(",")) {
    const ends = part.split("-").map(weekdayNumber);
    const [from, to = from] = ends;
    if (ends.length > 2 || from === undefined || from === null || to === undefined || to === null)
      return null;
    if (from > to) return null;
    for (let day = from; day <= to; day++) {
      const name = WEEKDAYS[(day + 6) % 7];
      if (name) found.add(name);
    }
  }
  return WEEKDAYS.filter((day) => found.has(day));
}

/** 0 is Sunday, 1 Monday. */
function weekdayNumber(text: string): number | null {
  if (/^[0-7]$/.test(text)) return Number(text);
  const names: readonly string[] = WEEKDAYS;
  const index = names.indexOf(text);
  return index < 0 ? null : (index + 1) % 7;
}
