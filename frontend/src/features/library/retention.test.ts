import { expect, it } from "vitest";

import { keepFor, typedDays } from "@/features/library/retention";

it("tells for ever from the usual time", () => {
  expect([null, 0, 1].map(keepFor)).toEqual(["usual", "ever", "days"]);
});

it.each([
  ["1", 1],
  [" 36500 ", 36_500],
  ["0", null],
  ["36501", null],
  ["1.5", null],
  ["-3", null],
  ["", null],
  ["1e3", null],
])("reads %j as %j days", (text, days) => {
  expect(typedDays(text)).toBe(days);
});
