// A schedule as a form has it: what it begins with, what is sent, and where a refusal belongs.

import type { InputTexts } from "@/features/triggers/graph-inputs";
import { asText, type GraphInput } from "@/features/triggers/graph-inputs";
import type { Overlap, Schedule, ScheduleBody } from "@/lib/api/schedules";
import { type Refusal, refusalOf } from "@/lib/api/triggers";
import type { JsonValue } from "@/lib/autogpt-server-api/types";
import { localTimezone } from "@/lib/cron-times";

export type ScheduleForm = {
  graphId: string | null;
  name: string;
  cron: string;
  timezone: string;
  overlap: Overlap;
  /** What a person has typed; what is not in it stands as it was stored. */
  texts: InputTexts;
};

export function emptyForm(graphId: string | null): ScheduleForm {
  return {
    graphId,
    name: "",
    cron: "0 9 * * MON-FRI",
    timezone: localTimezone(),
    overlap: "skip",
    texts: {},
  };
}

export function formOf(schedule: Schedule): ScheduleForm {
  const { graph_id: graphId, graph_name: graphName, name, cron, timezone, overlap } = schedule;
  return { graphId, name: name === graphName ? "" : name, cron, timezone, overlap, texts: {} };
}

/** What stands in the fields: what was typed, else what is stored. */
export function textsOf(
  form: ScheduleForm,
  inputs: readonly GraphInput[],
  stored: Readonly<Record<string, unknown>>,
): InputTexts {
  const kept = inputs
    .filter(({ name }) => name in stored)
    .map(({ name, kind }) => [name, asText(stored[name], kind)] as const);
  return { ...Object.fromEntries(kept), ...form.texts };
}

export function bodyOf(
  form: ScheduleForm,
  graphId: string,
  inputs: Record<string, JsonValue>,
): Omit<ScheduleBody, "is_active"> {
  const { name, cron, timezone, overlap } = form;
  return { graph_id: graphId, name: name.trim(), cron, timezone, overlap, inputs };
}

const FIELDS: readonly string[] = ["graph_id", "name", "cron", "timezone", "overlap"];

/** A refusal by the fields that the form shows; an input that is not among them is told above the form. */
export function scheduleRefusal(error: unknown, inputs: readonly GraphInput[]): Refusal {
  return refusalOf(
    error,
    (path) => FIELDS.includes(path) || inputs.some((input) => path === `inputs.${input.name}`),
  );
}
