import { describe, expect, it } from "vitest";

import { type CourseStep, courseSays, folded } from "@/components/run-course";

const steps = (...states: CourseStep["state"][]): CourseStep[] =>
  states.map((state, place) => ({ name: `Block ${place}`, state }));

describe("a run's course", () => {
  it("says in words what the blocks show, what is wrong first", () => {
    expect(courseSays(steps("ok", "ok", "failed", "skipped"), "block")).toBe(
      "4 blocks: 1 failed, 2 completed, 1 skipped",
    );
    expect(courseSays(steps("ok"), "run")).toBe("1 run: 1 completed");
  });

  it("has a small block for each, in order", () => {
    expect(folded(steps("ok", "failed", "skipped"))).toEqual(["ok", "failed", "skipped"]);
    expect(folded([])).toEqual([]);
  });

  it("folds long ones and hides no failure", () => {
    const many = steps(...new Array<CourseStep["state"]>(299).fill("ok"), "failed");
    const cells = folded(many);
    expect(cells).toHaveLength(20);
    expect(cells.filter((state) => state === "failed")).toHaveLength(1);
    expect(cells.at(-1)).toBe("failed");
  });
});
