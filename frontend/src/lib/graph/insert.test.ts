import { describe, expect, it } from "vitest";

import { insertEntry, insertIntoTemplate, insertLink, partName, templateValuesPin } from "@/lib/graph/insert";
import { graphOf, node, pin } from "@/test/graphs";

const graph = () =>
  graphOf([
    node("a"),
    node("b"),
    node("t", "Fill", { input_default: { format: "Hello !", values: { day: 1 } } }),
  ]);
const template = {
  nodeId: "t",
  pin: "format",
  valuesPin: "values",
  text: "Hello !",
  caret: { from: 6, to: 6 },
};
const title = { nodeId: "a", pin: "issue", path: ["title"] };

describe("the name of a part", () => {
  it("goes through objects and lists", () => {
    expect(partName("issue", ["labels", 0, "name"])).toBe("issue_#_labels_$_0_#_name");
  });

  it("is not to be had where a key would be read as another way", () => {
    expect(partName("issue", ["a_$_b"])).toBeNull();
    expect(partName("issue", [""])).toBeNull();
  });
});

describe("inserting an earlier value", () => {
  it("names it in the template and links it, where the caret is", () => {
    const made = insertIntoTemplate(graph(), template, title);
    expect(made.graph.nodes[2]?.input_default?.format).toBe("Hello {{ title }}!");
    expect(made.caret).toBe("Hello {{ title }}".length);
    expect(made.graph.links.map(({ source_name, sink_name }) => [source_name, sink_name])).toEqual([
      ["issue_#_title", "values_#_title"],
    ]);
  });

  it("uses the name again that the same value has already", () => {
    const once = insertIntoTemplate(graph(), template, title).graph;
    const twice = insertIntoTemplate(once, { ...template, text: "", caret: { from: 0, to: 0 } }, title).graph;
    expect(twice.links).toHaveLength(1);
    expect(twice.nodes[2]?.input_default?.format).toBe("{{ title }}");
  });

  it("takes another name where somebody else has it", () => {
    const once = insertIntoTemplate(graph(), template, title).graph;
    const other = insertIntoTemplate(once, template, { nodeId: "b", pin: "page", path: ["title"] });
    expect(other.graph.links[1]?.sink_name).toBe("values_#_title_2");
    const day = insertIntoTemplate(once, template, { nodeId: "b", pin: "day", path: [] });
    expect(day.graph.links[1]?.sink_name).toBe("values_#_day_2");
  });

  it("links a field, and an entry of a dictionary", () => {
    expect(insertLink(graph(), { nodeId: "t", pin: "text" }, title).links[0]).toMatchObject({
      source_name: "issue_#_title",
      sink_name: "text",
    });
    expect(insertEntry(graph(), { nodeId: "t", pin: "values" }, title).links[0]?.sink_name).toBe(
      "values_#_title",
    );
  });
});

it("finds the input that a template takes its names from", () => {
  const values = pin("values", { type: "object", additionalProperties: true });
  const prompt = pin("prompt_values", { type: "object", additionalProperties: true });
  expect(templateValuesPin([pin("format", { type: "string" }), prompt])).toBe("prompt_values");
  expect(templateValuesPin([prompt, values])).toBe("values");
  expect(templateValuesPin([pin("values", { type: "object", properties: { a: {} } })])).toBeNull();
});
