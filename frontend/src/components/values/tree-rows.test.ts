import { describe, expect, it } from "vitest";

import { foundRows, treeRows } from "@/components/values/tree-rows";

const PERSON = { name: "Ada", langs: ["en", "fr"], note: "first\nsecond", "a/b": { deep: { deeper: 1 } } };

describe("treeRows", () => {
  it("opens the outer branches and leaves short ones closed in their row", () => {
    const rows = treeRows(PERSON, new Map());
    expect(rows.map(({ path, isOpen }) => [path, isOpen])).toEqual([
      ["", true],
      ["/name", false],
      ["/langs", false],
      ["/note", false],
      ["/a~1b", true],
      ["/a~1b/deep", false],
    ]);
  });

  it("opens and closes what a person touched", () => {
    const rows = treeRows(
      PERSON,
      new Map([
        ["/langs", true],
        ["/note", true],
        ["/a~1b", false],
      ]),
    );
    expect(rows.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      " branch",
      "/name leaf",
      "/langs branch",
      "/langs/0 leaf",
      "/langs/1 leaf",
      "/note branch",
      "/note//text text",
      "/a~1b branch",
    ]);
  });

  it("opens only the outermost branch of a value of many", () => {
    const rows = treeRows(
      Array.from({ length: 5_000 }, (_, id) => ({ id, list: [id] })),
      new Map(),
    );
    expect(rows).toHaveLength(5_001);
    expect(rows.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  });
});

describe("foundRows", () => {
  it("keeps what has the text in its key or value, with what it belongs to", () => {
    const { rows, count, isCut } = foundRows(PERSON, "DEEP");
    expect(rows.map(({ path, isFound }) => [path, isFound])).toEqual([
      ["", false],
      ["/a~1b", false],
      ["/a~1b/deep", true],
      ["/a~1b/deep/deeper", true],
    ]);
    expect([count, isCut]).toEqual([2, false]);
    expect(foundRows(PERSON, "nowhere").rows).toEqual([]);
  });

  it("stops after the first finds of too many", () => {
    const { rows, count, isCut } = foundRows(
      Array.from({ length: 3_000 }, () => "same"),
      "same",
      100,
    );
    expect([rows.length, count, isCut]).toEqual([101, 100, true]);
  });
});
