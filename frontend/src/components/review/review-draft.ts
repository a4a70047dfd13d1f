// What a person makes of a review's data: fields for an object, a text for a text, JSON for the rest.

import type { Answer } from "@/lib/api/review-answer";

/** A `line` is a short text. The kind stays while one types: a field that changed its shape would lose the caret. */
export type DraftField = { key: string; kind: "line" | "text" | "number" | "boolean" | "json"; text: string };
export type Draft =
  | { shape: "fields"; fields: readonly DraftField[] }
  | { shape: "text"; text: string }
  | { shape: "json"; text: string };

/** What is wrong, by the field's key; that of a whole text or JSON stands under "". */
export type Problems = Readonly<Record<string, string>>;
type Outcome<T> = { value: T } | { problems: Problems };

const MOST_FIELDS = 20;
const LONG = 72;

export function draftOf(value: unknown): Draft {
  if (typeof value === "string") return { shape: "text", text: value };
  if (isObject(value)) {
    const pairs = Object.entries(value);
    if (pairs.length > 0 && pairs.length <= MOST_FIELDS) {
      return { shape: "fields", fields: pairs.map(([key, part]) => fieldOf(key, part)) };
    }
  }
  return asJson(value);
}

export function asJson(value: unknown): Draft {
  return { shape: "json", text: JSON.stringify(value, null, 2) };
}

export function readDraft(draft: Draft): Outcome<unknown> {
  if (draft.shape === "text") return { value: draft.text };
  if (draft.shape === "json") return parsed(draft.text, "");
  const outcomes = draft.fields.map((field) => [field.key, partOf(field)] as const);
  const problems = outcomes.flatMap(([, outcome]) => ("problems" in outcome ? [outcome.problems] : []));
  if (problems.length > 0) return { problems: Object.assign({}, ...problems) };
  return {
    value: Object.fromEntries(
      outcomes.map(([key, outcome]) => [key, "value" in outcome ? outcome.value : null]),
    ),
  };
}

export function isChanged(draft: Draft, asked: unknown): boolean {
  const outcome = readDraft(draft);
  return "problems" in outcome || JSON.stringify(outcome.value) !== JSON.stringify(asked);
}

/** The answer to send. Data goes with it only when it was changed: without it the server keeps what was asked.
 *
 * `draft` null: nothing was there to edit.
 */
export function answerOf(
  asked: unknown,
  draft: Draft | null,
  isApproved: boolean,
  message: string,
): Outcome<Answer> {
  const said = { approved: isApproved, message: message.trim() };
  if (draft === null || !isChanged(draft, asked)) return { value: said };
  const outcome = readDraft(draft);
  if ("problems" in outcome) return outcome;
  if (outcome.value === null)
    return { problems: { "": "Nothing (null) cannot be given here. Give a value, or reject." } };
  return { value: { ...said, data: outcome.value } };
}

export function withField(draft: Draft, key: string, text: string): Draft {
  if (draft.shape !== "fields") return { ...draft, text };
  return {
    shape: "fields",
    fields: draft.fields.map((field) => (field.key === key ? { ...field, text } : field)),
  };
}

function fieldOf(key: string, value: unknown): DraftField {
  if (typeof value === "string") return { key, kind: isLong(value) ? "text" : "line", text: value };
  if (typeof value === "number") return { key, kind: "number", text: String(value) };
  if (typeof value === "boolean") return { key, kind: "boolean", text: String(value) };
  return { key, kind: "json", text: JSON.stringify(value, null, 2) };
}

function isLong(text: string): boolean {
  return text.length > LONG || text.includes("\n");
}

function partOf({ key, kind, text }: DraftField): Outcome<unknown> {
  if (kind === "text" || kind === "line") return { value: text };
  if (kind === "boolean") return { value: text === "true" };
  if (kind === "json") return parsed(text, key);
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) {
    return { problems: { [key]: `“${text}” is no number. Write one such as 3 or 0.5.` } };
  }
  return { value: number };
}

function parsed(text: string, key: string): Outcome<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    return { problems: { [key]: `This is no JSON: ${reason}. Correct it, then answer.` } };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
