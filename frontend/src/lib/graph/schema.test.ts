import { describe, expect, it } from "vitest";

import { example, fieldLabel, placeholder, shapes } from "@/lib/graph/schema";

const EVENTS = { type: "object", properties: { made: { type: "boolean", default: false } } };

describe("a schema", () => {
  it("has its types without nothing, references followed, with what is said of all", () => {
    const schema = {
      anyOf: [{ $ref: "#/$defs/E" }, { type: "null" }],
      description: "Which",
      $defs: { E: EVENTS },
    };
    expect(shapes(schema)).toMatchObject([{ type: "object", description: "Which", $defs: { E: EVENTS } }]);
  });

  it("shows its default before its example, and of a secret neither", () => {
    expect(placeholder({ default: 30, placeholder: "60" })).toBe("30");
    expect(placeholder({ default: "", placeholder: "owner/name" })).toBe("owner/name");
    expect(placeholder({ default: "key", secret: true })).toBe("");
  });

  it("gives an example of what it would take", () => {
    const schema = {
      type: "array",
      items: { type: "object", properties: { n: { type: "integer", minimum: 5 }, on: { type: "boolean" } } },
    };
    expect(example(schema)).toEqual([{ n: 5, on: true }]);
    expect(example({ $ref: "#/$defs/E", $defs: { E: EVENTS } })).toEqual({ made: false });
  });

  it("is called as people write", () => {
    expect(["repo_url", "timeout_s", "values_#_topic", "id"].map(fieldLabel)).toEqual([
      "Repo URL",
      "Timeout (seconds)",
      "Values, topic",
      "ID",
    ]);
  });
});
