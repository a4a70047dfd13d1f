import { describe, expect, it } from "vitest";

import { answerOf, asJson, draftOf, isChanged, readDraft, withField } from "@/components/review/review-draft";
import { shownData } from "@/lib/api/review-answer";

const ASKED = { text: "Hello", times: 3, urgent: true, tags: ["a"] };

describe("a draft", () => {
  it("has a field for each part of an object, and gives the same back", () => {
    const draft = draftOf(ASKED);
    expect(draft.shape === "fields" && draft.fields.map((field) => field.kind)).toEqual([
      "line",
      "number",
      "boolean",
      "json",
    ]);
    expect(readDraft(draft)).toEqual({ value: ASKED });
    expect(isChanged(draft, ASKED)).toBe(false);
  });

  it("is a text for a text, JSON for the rest", () => {
    expect(draftOf("Hello")).toEqual({ shape: "text", text: "Hello" });
    expect(draftOf([1, 2]).shape).toBe("json");
    expect(draftOf({}).shape).toBe("json");
  });

  it("keeps the kinds of values that were changed", () => {
    const draft = withField(withField(draftOf(ASKED), "times", "4.5"), "urgent", "false");
    expect(readDraft(draft)).toEqual({ value: { ...ASKED, times: 4.5, urgent: false } });
  });
});

describe("answerOf", () => {
  it("leaves the data out when nothing was changed", () => {
    expect(answerOf(ASKED, draftOf(ASKED), true, "  ")).toEqual({ value: { approved: true, message: "" } });
    expect(answerOf(ASKED, null, false, " no ")).toEqual({ value: { approved: false, message: "no" } });
  });

  it("sends changed data with either decision", () => {
    const draft = withField(draftOf(ASKED), "text", "Hi");
    for (const isApproved of [true, false]) {
      expect(answerOf(ASKED, draft, isApproved, "")).toEqual({
        value: { approved: isApproved, message: "", data: { ...ASKED, text: "Hi" } },
      });
    }
  });

  it("says which field is wrong and sends nothing", () => {
    const draft = withField(withField(draftOf(ASKED), "times", "three"), "tags", "[");
    const outcome = answerOf(ASKED, draft, true, "");
    expect(outcome).not.toHaveProperty("value");
    expect(outcome).toMatchObject({
      problems: { times: expect.stringContaining("no number"), tags: expect.stringContaining("no JSON") },
    });
  });

  it("refuses null, which means to the server that nothing was changed", () => {
    expect(answerOf(ASKED, { ...asJson(null) }, true, "")).toHaveProperty("problems");
  });
});

describe("shownData", () => {
  it("tells a beginning from all of it, and from data that only looks so", () => {
    expect(shownData({ $preview: "{", size_bytes: 9_000, href: "/x" })).toEqual({
      isAll: false,
      beginning: "{",
      sizeBytes: 9_000,
    });
    expect(shownData({ $value: { $preview: "a", size_bytes: 1 } })).toEqual({
      isAll: true,
      value: { $preview: "a", size_bytes: 1 },
    });
    expect(shownData(null)).toEqual({ isAll: true, value: null });
  });
});
