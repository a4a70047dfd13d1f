// What the server says about a form: beside the field that it names, or above the button.

import { message } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/client";

export type FormErrors<Field extends string> = {
  fields: Partial<Record<Field, string>>;
  /** What concerns no field that is shown. */
  form: string | null;
};

export function formErrors<Field extends string>(error: unknown, shown: readonly Field[]): FormErrors<Field> {
  if (error === null || error === undefined) return { fields: {}, form: null };
  const named = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  const fields: Partial<Record<Field, string>> = {};
  let isAllShown = named.length > 0;
  for (const problem of named) {
    const field = shown.find((one) => one === problem.path);
    if (field === undefined) isAllShown = false;
    else fields[field] ??= [problem.message, problem.cure].filter(Boolean).join(" ");
  }
  return { fields, form: isAllShown ? null : message(error) };
}
