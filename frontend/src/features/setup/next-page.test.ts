import { beforeEach, describe, expect, it } from "vitest";

import { isToBeWelcomed, ownPage, rememberWelcome } from "@/features/setup/next-page";
import type { Me } from "@/lib/api/session";
import type { Wizard } from "@/lib/api/setup";

describe("the page after the login", () => {
  it.each([
    ["/runs?status=failed#first", "/runs?status=failed#first"],
    ["/graphs/1", "/graphs/1"],
    ["/", "/"],
  ])("goes on to %s", (next, page) => {
    expect(ownPage(next)).toBe(page);
  });

  it.each([
    undefined,
    "",
    "runs",
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "/.//elsewhere.example",
    "javascript:alert(1)",
    "/login?next=/login",
    "/setup",
  ])("does not follow %j", (next) => {
    expect(ownPage(next)).toBeNull();
  });
});

const OWNER: Me = { id: "ada", email: "ada@example.com", name: "Ada", role: "owner", scopes: [] };
const OPEN: Wizard = { steps: [], is_done: false, next_step: "graph" };

describe("the first steps", () => {
  beforeEach(() => localStorage.clear());

  it("are shown to an owner who has not done them", () => {
    expect(isToBeWelcomed(OWNER, OPEN)).toBe(true);
  });

  it("are shown once", () => {
    rememberWelcome(OWNER.id);
    expect(isToBeWelcomed(OWNER, OPEN)).toBe(false);
    expect(isToBeWelcomed({ ...OWNER, id: "grace" }, OPEN)).toBe(true);
  });

  it("are not shown when they are done, or to others", () => {
    expect(isToBeWelcomed(OWNER, { ...OPEN, is_done: true })).toBe(false);
    expect(isToBeWelcomed({ ...OWNER, role: "editor" }, OPEN)).toBe(false);
    expect(isToBeWelcomed(OWNER, null)).toBe(false);
  });
});
