import { expect, it } from "vitest";

import { shift } from "@/components/canvas/use-stay-in-view";

it("moves nothing that is in view", () => {
  expect(shift(100, 200, 1_000)).toBe(0);
});

it("moves what is cut off just so far that it is whole", () => {
  expect(shift(900, 200, 1_000)).toBe(-124);
  expect(shift(-50, 200, 1_000)).toBe(74);
});

it("shows the beginning of what is too long", () => {
  expect(shift(10, 2_000, 1_000)).toBe(14);
});
