import { expect, it } from "vitest";

import { asName, templateNames, templateParts, withToken } from "@/lib/graph/template";

it("tells names and rules from the text between them", () => {
  const text = "To {{ name }}{% if x %}!\n{{ a.b|upper }}";
  expect(templateParts(text).map((part) => (part.isToken ? `[${part.text}]` : part.text))).toEqual([
    "To ",
    "[{{ name }}]",
    "[{% if x %}]",
    "!\n",
    "[{{ a.b|upper }}]",
  ]);
  expect(templateNames(text)).toEqual(new Set(["name", "a"]));
});

it("makes names that a template can have", () => {
  expect(["Issue title", "2nd", "größe", "ok"].map(asName)).toEqual([
    "issue_title",
    "value_2nd",
    "gr_e",
    "ok",
  ]);
});

it("puts a name in the place of what is chosen", () => {
  expect(withToken("a XX b", 2, 4, "x")).toEqual({ text: "a {{ x }} b", caret: 9 });
});
