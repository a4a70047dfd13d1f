import { describe, expect, test } from "vitest";

import {
  hearBack,
  isLoginReturn,
  isOf,
  loginOutcome,
  loginReturn,
  sendBack,
} from "@/components/integrations/login-outcome";
import { credential } from "@/test/credential";

const login = (id: string, part = {}) => credential({ id, kind: "oauth2", ...part });

describe("a new login", () => {
  const aim = { provider: "github" };

  test("is connected as soon as there is a new one", () => {
    const outcome = loginOutcome(aim, [login("a")], [login("a"), login("b")], false);
    expect(outcome).toEqual({ is: "connected", credentialId: "b" });
  });

  test("is not another provider's, and no key", () => {
    const after = [login("a", { provider: "slack" }), credential({ id: "b" })];
    expect(loginOutcome(aim, [], after, false)).toEqual({ is: "waiting" });
  });

  test("was refused when the window is back without one", () => {
    expect(loginOutcome(aim, [login("a")], [login("a")], true)).toEqual({ is: "refused" });
  });
});

describe("a login of before", () => {
  const aim = { provider: "github", credentialId: "a" };
  const old = login("a", { state: "reconnect", problem: "revoked" });

  test.each([
    ["works again", old, login("a"), "connected"],
    ["was tested anew", login("a"), login("a", { tested_at: "2026-11-22T00:00:00Z" }), "connected"],
    ["may do more", login("a", { scopes: ["repo"] }), login("a", { scopes: ["repo", "gist"] }), "connected"],
    ["is as it was", login("a"), login("a"), "waiting"],
    ["is still broken", old, { ...old, tested_at: "2026-11-22T00:00:00Z" }, "waiting"],
  ])("that %s", (_name, before, after, is) => {
    expect(loginOutcome(aim, [before], [after], false).is).toBe(is);
  });

  test("is not replaced by a new one", () => {
    expect(loginOutcome(aim, [old], [old, login("b")], true)).toEqual({ is: "refused" });
  });
});

describe("the window that is back", () => {
  test("is known by its address", () => {
    const search = Object.fromEntries(new URL(loginReturn("github"), "http://x").searchParams);
    expect(search.provider).toBe("github");
    expect(isLoginReturn(search)).toBe(true);
    expect(isLoginReturn({ provider: "github" })).toBe(false);
  });

  test("is heard for its own provider only", async () => {
    const heard: string[] = [];
    const stops = ["github", "slack"].map((name) => hearBack(name, () => heard.push(name)));
    sendBack("slack");
    await expect.poll(() => heard).toEqual(["slack"]);
    for (const stop of stops) stop();
  });

  test.each([null, "github", {}, { provider: "slack" }])("%j is no word of GitHub", (message) => {
    expect(isOf("github", message)).toBe(false);
  });
});
