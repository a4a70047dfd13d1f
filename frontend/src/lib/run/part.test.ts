import { expect, it } from "vitest";

import { msOf } from "@/lib/run/moment";
import { NO_PART, partOf } from "@/lib/run/part";

it("takes the part of a value that a link names", () => {
  const value = { people: [{ name: "Ada" }] };
  expect(partOf(value, "result")).toBe(value);
  expect(partOf(value, "result_#_people_$_0_@_name")).toBe("Ada");
  expect(partOf(value, "result_#_people_$_1")).toBe(NO_PART);
  expect(partOf("text", "result_#_length")).toBe(NO_PART);
});

it("reads moments to the microsecond", () => {
  expect(msOf("1970-01-01T00:00:01.000250Z")).toBeCloseTo(1_000.25, 6);
  expect(msOf("1970-01-01T00:00:02Z")).toBe(2_000);
});
