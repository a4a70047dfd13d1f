import { describe, expect, it } from "vitest";

import { chipsOf } from "@/features/runs/filter-chips";
import { PRESETS, presetOf, searchOf } from "@/features/runs/presets";

describe("frequent searches", () => {
  it("are known again by their address", () => {
    for (const { value } of PRESETS) expect(presetOf(searchOf(value))).toBe(value);
  });

  it("are none of them as soon as another filter is on", () => {
    expect(presetOf({ ...searchOf("failed-today"), graph: "g" })).toBeNull();
    expect(presetOf({ q: "ada" })).toBeNull();
  });

  it("do not mind what is no filter", () => {
    expect(presetOf({ review: "r1", q: "" })).toBe("all");
  });
});

describe("chipsOf", () => {
  it("names each filter that the bar does not show", () => {
    const search = {
      status: "failed,running,waiting",
      from: "today",
      min_cost: "0.5",
      order: "cost",
      q: "ada",
    };
    expect(chipsOf(search).map((chip) => chip.says)).toEqual([
      "running, waiting or failed",
      "from today",
      "at least $0.500",
      "dearest first",
    ]);
  });
});
