import { describe, expect, it } from "vitest";

import { type WidgetKind, widgetFor } from "@/components/inputs/widget-for";
import kinds from "@/test/fixtures/blocks.json";

/** The widget of each kind of input that the catalogue has, by the name of one input that is so. */
const byInput = new Map(
  kinds.flatMap(({ inputs, schema }) => inputs.map((input) => [input, widgetFor(schema)] as const)),
);

describe("the widget of an input", () => {
  it.each<[string, WidgetKind]>([
    ["AddToDateBlock.timezone", "text"],
    ["CodeExtractionBlock.text", "long-text"],
    ["FillTextTemplateBlock.format", "template"],
    ["AddToDateBlock.years", "number"],
    ["AgentDateInputBlock.value", "date"],
    ["AgentTimeInputBlock.value", "time"],
    ["SlackScheduleMessageBlock.post_at", "date-time"],
    ["AgentDateInputBlock.advanced", "toggle"],
    ["HttpRequestBlock.method", "choice"],
    ["GenerateUuidBlock.version", "choice"],
    ["SlackListChannelsBlock.types", "choices"],
    ["AgentDropdownInputBlock.options", "list"],
    ["CreateListBlock.values", "list"],
    ["HttpRequestBlock.headers", "dictionary"],
    ["GithubStarTriggerBlock.events", "fields"],
    ["GetCurrentDateBlock.format_type", "fields"],
    ["AgentTableInputBlock.value", "table"],
    ["FileReadBlock.file_input", "file"],
    ["SlackScheduleMessageBlock.blocks", "json"],
    ["ZipListsBlock.lists", "json"],
    ["HashTextBlock.key", "secret"],
    ["AgentOutputBlock.value", "variants"],
    ["SendWebRequestBlock.body", "variants"],
  ])("is for %s: %s", (input, kind) => {
    expect(byInput.get(input)?.kind).toBe(kind);
  });

  it("is JSON only for what has no better one", () => {
    const asJson = kinds.filter(({ schema }) => widgetFor(schema).kind === "json");
    const isNested = (text: string) => /"items":\{("additionalProperties"|"items"|"anyOf")/.test(text);
    expect(asJson.filter(({ schema }) => !isNested(JSON.stringify(schema)))).toEqual([]);
  });

  it("offers each type of several once, a whole number as a number", () => {
    const widget = widgetFor({ anyOf: [{ type: "string" }, { type: "integer" }, { type: "number" }] });
    expect(widget.kind === "variants" && widget.variants.map(({ word }) => word)).toEqual(["Text", "Number"]);
  });

  it("asks for nothing where only nothing is the other type", () => {
    expect(widgetFor({ anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }] })).toEqual({
      kind: "number",
      isWhole: true,
      min: 1,
      max: null,
      step: null,
    });
  });

  it("takes the format that stands beside several types", () => {
    expect(widgetFor({ anyOf: [{ type: "string" }, { type: "null" }], format: "file" }).kind).toBe("file");
    const files = widgetFor({ type: "array", items: { type: "string" }, format: "file" });
    expect(files.kind === "list" && widgetFor(files.item).kind).toBe("file");
  });

  it("takes fixed values as a choice, also when each is a type of its own", () => {
    const widget = widgetFor({ anyOf: [{ const: "by_hand" }, { const: "GET" }] });
    expect(widget.kind === "choice" && widget.options.map(({ label }) => label)).toEqual(["By hand", "GET"]);
  });

  it("knows the formats of times, code and secrets", () => {
    const kindOf = (format: string) => widgetFor({ type: "string", format }).kind;
    expect(["cron", "time-zone", "regex", "sql", "password"].map(kindOf)).toEqual([
      "cron",
      "time-zone",
      "code",
      "code",
      "secret",
    ]);
  });
});
