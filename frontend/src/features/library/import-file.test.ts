import { describe, expect, it } from "vitest";

import { MOST_BYTES, onlyFile, readFile, refusalOf } from "@/features/library/import-file";

const GRAPH = JSON.stringify({ name: "Hello", nodes: [], links: [] });

describe("a text", () => {
  it.each([
    ["a graph of ours", GRAPH],
    ["a graph without links at its root", JSON.stringify({ name: "x", nodes: [{ input_links: [] }] })],
    ["a graph in the body of a request", JSON.stringify({ graph: { nodes: [] }, source: "x" })],
  ])("that is %s goes to the server", (_, text) => {
    expect(refusalOf(text)).toBeNull();
  });

  it.each([
    ["PNG…", "no JSON"],
    ['{"nodes": [', "breaks off"],
    ["[{}]", "a list"],
    ["3", "a single value"],
    ['{"nodes": [], "connections": {}}', "n8n"],
    ['{"name": "x"}', "“nodes”"],
    ['{"nodes": {}}', "“nodes”"],
  ])("%s is refused: %s", (text, why) => {
    const refusal = refusalOf(text);
    expect(refusal?.why).toContain(why);
    expect(refusal?.cure).not.toBe("");
  });
});

describe("a file", () => {
  it("is read as it is, to the last digit", async () => {
    const text = '{"nodes": [], "n": 10000000000000000001}';
    expect(await readFile(new File([text], "a.json"))).toEqual({ text });
  });

  it("that is empty or too large is refused before it is read", async () => {
    expect(await readFile(new File([], "a.json"))).toHaveProperty("refusal.why", "The file is empty.");
    const large = Object.defineProperty(new File([GRAPH], "a.json"), "size", { value: MOST_BYTES + 1 });
    expect(await readFile(large)).toHaveProperty("refusal");
  });

  it("that the browser cannot read is said to be so", async () => {
    const gone = Object.assign(new File([GRAPH], "a.json"), {
      text: () => Promise.reject(new Error("gone")),
    });
    expect(await readFile(gone)).toHaveProperty("refusal.cure", "Choose the file again.");
  });
});

it("takes one file, and says so of several and of none", () => {
  const file = new File([GRAPH], "a.json");
  expect(onlyFile([file])).toEqual({ file });
  expect(onlyFile([file, file])).toHaveProperty("refusal.why", "These are 2 files.");
  expect(onlyFile([])).toHaveProperty("refusal");
});
