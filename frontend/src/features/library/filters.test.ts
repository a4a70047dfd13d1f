import { describe, expect, it } from "vitest";

import {
  ALL,
  choiceOf,
  chosenValue,
  commonTags,
  fittingTemplates,
  isFiltered,
  typedTags,
  wantedGraphs,
} from "@/features/library/filters";

describe("what the server is asked for", () => {
  it("is everything, changed last first, without a filter", () => {
    const wanted = wantedGraphs({});
    expect(wanted).toEqual({ sort: "updated" });
    expect(isFiltered(wanted)).toBe(false);
  });

  it("tells graphs in no folder from graphs in any", () => {
    expect(wantedGraphs({ folder: "" })).toEqual({ sort: "updated", folder: "" });
    expect(isFiltered(wantedGraphs({ folder: "" }))).toBe(true);
  });

  it("leaves out what says nothing, and what is unknown", () => {
    expect(wantedGraphs({ q: "  ", tag: "", sort: "sideways" })).toEqual({ sort: "updated" });
  });

  it("holds what was chosen, cut to what the server takes", () => {
    const wanted = wantedGraphs({ q: ` ${"a".repeat(300)}`, tag: "csv", sort: "name" });
    expect(wanted).toEqual({ q: "a".repeat(200), tag: "csv", sort: "name" });
  });
});

it.each([undefined, "", "all", "one:all", "Work/Money"])(
  "keeps the folder %j through the choice",
  (folder) => {
    expect(chosenValue(choiceOf(folder))).toBe(folder);
    expect(choiceOf(folder)).not.toBe("");
  },
);

it("says all where nothing is chosen", () => {
  expect(choiceOf(undefined)).toBe(ALL);
});

describe("templates", () => {
  const templates = [
    { title: "Clean a CSV", description: "Drops rows.", tags: ["csv", "lists"] },
    { title: "Digest", description: "One text of a list.", tags: ["text", "lists"] },
    { title: "Wait", description: "Reminds.", tags: ["time"] },
  ];

  it("fit when every word is found, wherever", () => {
    expect(fittingTemplates(templates, "LIST text", null).map(({ title }) => title)).toEqual(["Digest"]);
  });

  it("fit when they have the tag", () => {
    expect(fittingTemplates(templates, "", "lists")).toHaveLength(2);
    expect(fittingTemplates(templates, "csv", "time")).toHaveLength(0);
  });

  it("offer the tags of several of them", () => {
    expect(commonTags(templates)).toEqual(["lists"]);
  });
});

describe("typed tags", () => {
  it("are trimmed, once each", () => {
    expect(typedTags(" a, b ,,a , two words")).toEqual({ tags: ["a", "b", "two words"], error: null });
  });

  it("are refused where the server would refuse them", () => {
    expect(typedTags("x".repeat(61)).error).toContain("at most 60");
    expect(typedTags(Array.from({ length: 21 }, (_, i) => `t${i}`).join()).error).toContain("21 tags");
  });
});
