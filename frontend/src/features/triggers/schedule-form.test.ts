import { describe, expect, it } from "vitest";

import type { GraphInput } from "@/features/triggers/graph-inputs";
import { emptyForm, scheduleRefusal, textsOf } from "@/features/triggers/schedule-form";
import { ApiError } from "@/lib/api/client";

const NAME: GraphInput = {
  name: "name",
  title: "Name",
  description: "",
  kind: "text",
  options: [],
  preset: undefined,
};

function refused(...problems: { message: string; cure?: string; path?: string | null }[]): ApiError {
  return new ApiError(400, "bad_input", "all of it", {
    type: "",
    title: "",
    status: 400,
    code: "bad_input",
    detail: "all of it",
    errors: problems.map((problem) => ({ cure: "", ...problem })),
  });
}

describe("scheduleRefusal", () => {
  it("puts message and cure beside the field", () => {
    const error = refused(
      { message: "The minute cannot be '61'.", cure: "It is 0 to 59.", path: "cron" },
      { message: "The input 'name' is missing.", cure: "Give it a value.", path: "inputs.name" },
    );
    const { fields, rest } = scheduleRefusal(error, [NAME]);
    expect(fields).toEqual({
      cron: "The minute cannot be '61'. It is 0 to 59.",
      "inputs.name": "The input 'name' is missing. Give it a value.",
    });
    expect(rest).toEqual([]);
  });

  it("keeps both where a field has two problems", () => {
    const error = refused({ message: "One.", path: "cron" }, { message: "Two.", path: "cron" });
    expect(scheduleRefusal(error, []).fields.cron).toBe("One. Two.");
  });

  it("tells above the form what no field shows", () => {
    const error = refused(
      { message: "There is no input 'x'.", path: "inputs.x" },
      { message: "The block has no connection.", path: null },
    );
    expect(scheduleRefusal(error, [NAME])).toEqual({
      fields: {},
      rest: ["There is no input 'x'.", "The block has no connection."],
    });
  });

  it("has the whole message of a refusal without problems", () => {
    expect(scheduleRefusal(new ApiError(0, "offline", "The server cannot be reached."), [])).toEqual({
      fields: {},
      rest: ["The server cannot be reached."],
    });
  });

  it("is empty without an error", () => {
    expect(scheduleRefusal(null, [NAME])).toEqual({ fields: {}, rest: [] });
  });
});

describe("textsOf", () => {
  it("shows what is stored until something else is typed", () => {
    const form = { ...emptyForm("g"), texts: {} };
    expect(textsOf(form, [NAME], { name: "Ada", gone: 1 })).toEqual({ name: "Ada" });
    expect(textsOf({ ...form, texts: { name: "" } }, [NAME], { name: "Ada" })).toEqual({ name: "" });
  });
});
