import { expect, it } from "vitest";

import { pauses, retrySentence } from "@/lib/graph/policy";

const retry = { times: 3, backoff_s: 1, max_backoff_s: 60, kinds: [] };

it("doubles the pauses up to the longest", () => {
  expect(pauses({ ...retry, times: 5, backoff_s: 10, max_backoff_s: 60 })).toEqual([10, 20, 40, 60, 60]);
});

it("says what retrying comes to", () => {
  expect(retrySentence({ ...retry, times: 0 })).toBe("It is not tried again.");
  expect(retrySentence({ ...retry, times: 1 })).toBe("It is tried once more, after 1.0 s at most.");
  expect(retrySentence({ ...retry, kinds: ["timeout"] })).toContain(
    "For the chosen kinds of errors it is tried 3 more times",
  );
  expect(retrySentence({ ...retry, times: 9 })).toContain("and so on up to 1 min");
});
