// A schedule as a form has it: what it begins with, what is sent, and where a refusal belongs.

import type { Overlap, Schedule, ScheduleBody } from "@/lib/api/schedules";
import { type Refusal, refusalOf } from "@/lib/api/triggers";
import { localTimezone } from "@/lib/cron-times";
import { type GraphInput, givenInputs } from "@/lib/graph/inputs";

/** By the name of the input; undefined: taken away. */
export type InputValues = Readonly<Record<string, unknown>>;

export type ScheduleForm = {
  graphId: string | null;
  name: string;
  cron: string;
  timezone: string;
  overlap: Overlap;
  /** What a person has changed; what is not in it stands as it was stored. */
  values: InputValues;
};

export function emptyForm(graphId: string | null): ScheduleForm {
  return {
    graphId,
    name: "",
    cron: "0 9 * * MON-FRI",
    timezone: localTimezone(),
    overlap: "skip",
    values: {},
  };
}

export function formOf(schedule: Schedule): ScheduleForm {
  const { graph_id: graphId, graph_name: graphName, name, cron, timezone, overlap } = schedule;
  return { graphId, name: name === graphName ? "" : name, cron, timezone, overlap, values: {} };
}

/** What stands in the fields: what was changed, else what is stored. */
export function valuesOf(
  form: ScheduleForm,
  inputs: readonly GraphInput[],
  stored: InputValues,
): InputValues {
  const kept = inputs.filter(({ name }) => name in stored).map(({ name }) => [name, stored[name]] as const);
  return { ...Object.fromEntries(kept), ...form.values };
}

export function bodyOf(
  form: ScheduleForm,
  graphId: string,
  values: InputValues,
): Omit<ScheduleBody, "is_active"> {
  const { name, cron, timezone, overlap } = form;
  return { graph_id: graphId, name: name.trim(), cron, timezone, overlap, inputs: givenInputs(values) };
}

const FIELDS: readonly string[] = ["graph_id", "name", "cron", "timezone", "overlap"];

/** A refusal by the fields that the form shows; an input that is not among them is told above the form. */
export function scheduleRefusal(error: unknown, inputs: readonly GraphInput[]): Refusal {
  return refusalOf(
    error,
    (path) => FIELDS.includes(path) || inputs.some((input) => path === `inputs.${input.name}`),
  );
}
