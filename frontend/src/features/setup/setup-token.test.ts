import { expect, it } from "vitest";

import { pastedToken, tokenInHash } from "@/features/setup/setup-token";

it("finds the token in the address", () => {
  expect(tokenInHash("#setup=aB_c-1")).toBe("aB_c-1");
  expect(tokenInHash("setup=aB_c-1")).toBe("aB_c-1");
});

it("finds none where none is", () => {
  expect(tokenInHash("")).toBeNull();
  expect(tokenInHash("#setup=")).toBeNull();
  expect(tokenInHash("#top")).toBeNull();
});

it("takes the printed address or the token alone", () => {
  expect(pastedToken(" http://127.0.0.1:8000/#setup=aB_c-1\n")).toBe("aB_c-1");
  expect(pastedToken("aB_c-1")).toBe("aB_c-1");
});
