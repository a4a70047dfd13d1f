import { describe, expect, it } from "vitest";

import { reportParts, summary } from "@/features/library/report-parts";
import type { ImportReport } from "@/lib/api/graphs-files";

const CLEAN: ImportReport = {
  id: "g1",
  version: 1,
  problems: [],
  mapped: [{ file_id: "", id: "g1", name: "Hello", blocks: { AgentOutputBlock: 2, CalculatorBlock: 1 } }],
  renamed: [],
  missing: [],
  changed: [],
  credentials: [],
  differences: [],
  more: {},
};
const AT = { graph_id: "g1", node_id: "n1", node_name: "Rows" };

describe("a report", () => {
  it("of a file that is as it was has no parts", () => {
    expect(reportParts(CLEAN)).toEqual([]);
    expect(summary(CLEAN)).toBe("3 blocks, all of them known here.");
  });

  it("counts what is missing, also what the server has left out", () => {
    const missing = [{ ...AT, block_id: "b1", block_name: null, missing: "block" }];
    const report = { ...CLEAN, missing, more: { missing: 4 } };
    expect(summary(report)).toBe("8 blocks; 5 blocks are missing here.");
    expect(reportParts(report)[0]).toMatchObject({
      title: "Missing here",
      isOpen: true,
      more: 4,
      lines: [{ what: "Rows", detail: "No block b1 in this installation." }],
    });
  });

  it("says what must be done before what is worth knowing", () => {
    const titles = reportParts({
      ...CLEAN,
      differences: [{ block: "CalculatorBlock", text: "A division by zero fails.", count: 3, nodes: [AT] }],
      renamed: [{ ...AT, kind: "pin", before: "input1", after: "input_$_0" }],
      changed: [{ graph_id: "g1", node_id: "", node_name: "", pin: null, why: "Cut." }],
      problems: [
        { message: "An input is missing.", cure: "Give it a value.", node_id: "n1", pin: "a", path: null },
      ],
      credentials: [
        { ...AT, pin: "credentials", provider: "github", providers: ["github"], types: ["api_key"] },
      ],
    });
    expect(titles.map(({ title, isOpen }) => [title, isOpen])).toEqual([
      ["Keeps it from running", true],
      ["Connections to choose", true],
      ["Changed", false],
      ["Renamed", false],
      ["Works otherwise than there", false],
    ]);
    expect(titles.flatMap(({ lines }) => lines.map(({ what, detail }) => `${what} | ${detail}`))).toEqual([
      "An input is missing. | Give it a value.",
      "Rows | GitHub",
      "The whole graph | Cut.",
      "Rows | Pin input1 is input_$_0 here.",
      "A division by zero fails. | CalculatorBlock: Rows, 2 more blocks",
    ]);
  });

  it("tells a missing graph from a missing block", () => {
    const missing = [{ ...AT, block_id: "b1", block_name: "AgentExecutorBlock", missing: "graph 42" }];
    expect(reportParts({ ...CLEAN, missing })[0]?.lines[0]?.detail).toBe(
      "It runs a graph that is not here: 42.",
    );
  });
});
