import { describe, expect, it } from "vitest";

import { bodyOf, emptyForm, scheduleRefusal, valuesOf } from "@/features/triggers/schedule-form";
import { ApiError } from "@/lib/api/client";
import type { GraphInput } from "@/lib/graph/inputs";

const NAME: GraphInput = {
  nodeId: "n",
  name: "name",
  title: "Name",
  description: "",
  schema: { type: "string" },
  value: null,
  isRequired: true,
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

describe("valuesOf", () => {
  it("has what is stored until something else is set or it is taken away", () => {
    const form = emptyForm("g");
    const change = (value: unknown) => ({ ...form, values: { name: value } });
    expect(valuesOf(form, [NAME], { name: ["Ada"], gone: 1 })).toEqual({ name: ["Ada"] });
    expect(valuesOf(change("Bea"), [NAME], { name: "Ada" })).toEqual({ name: "Bea" });
    expect(valuesOf(change(undefined), [NAME], { name: "Ada" })).toEqual({ name: undefined });
  });
});

describe("bodyOf", () => {
  it("sends values as they are, and leaves what is empty to the graph", () => {
    const values = { text: "12", number: 0, object: { a: [1] }, off: false, cleared: undefined, empty: "" };
    expect(bodyOf({ ...emptyForm("g"), name: " Daily " }, "g", values)).toMatchObject({
      graph_id: "g",
      name: "Daily",
      inputs: { text: "12", number: 0, object: { a: [1] }, off: false },
    });
    expect(Object.keys(bodyOf(emptyForm("g"), "g", values).inputs)).not.toContain("empty");
  });
});
