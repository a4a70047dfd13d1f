import { describe, expect, test } from "vitest";

import {
  bodyOf,
  changeOf,
  type Draft,
  EMPTY_DRAFT,
  fieldErrors,
  missing,
  waysTo,
} from "@/components/integrations/secret-draft";
import { ApiError } from "@/lib/api/client";
import { credential } from "@/test/credential";
import { provider } from "@/test/provider";

const login = (isSetUp: boolean) => ({ is_set_up: isSetUp, variables: ["GITHUB_CLIENT_ID"] });

describe("ways to connect", () => {
  const github = provider({ kinds: ["api_key", "oauth2"] });

  test("the login comes first where it is set up, else last", () => {
    expect(waysTo({ ...github, login: login(true) }, [])).toEqual(["oauth2", "api_key"]);
    expect(waysTo({ ...github, login: login(false) }, [])).toEqual(["api_key", "oauth2"]);
  });

  test("a block narrows them, perhaps to none", () => {
    expect(waysTo(github, ["api_key"])).toEqual(["api_key"]);
    expect(waysTo(github, ["user_password"])).toEqual([]);
  });

  test("what is there is replaced by its own kind only", () => {
    expect(waysTo(github, [], credential({ kind: "oauth2" }))).toEqual(["oauth2"]);
  });

  test("a provider that declares none takes every kind that is filled in", () => {
    expect(waysTo(provider({ kinds: [] }), [])).toEqual([
      "host_scoped",
      "api_key",
      "user_password",
      "custom",
    ]);
    expect(waysTo(provider({ kinds: [], login: login(true) }), [])).toEqual(["oauth2"]);
  });
});

describe("what is sent", () => {
  const draft: Draft = {
    ...EMPTY_DRAFT,
    title: "Work",
    values: { api_key: " k ", username: "ada", password: "p" },
    host: " api.example.com ",
    pairs: [
      { id: 0, name: " X-Key ", value: "v " },
      { id: 1, name: "", value: "left out" },
    ],
  };

  test("of each kind its own parts", () => {
    const shared = { provider: "http", title: "Work" };
    expect(bodyOf("http", "api_key", draft)).toEqual({
      ...shared,
      kind: "api_key",
      api_key: "k",
      expires_at: null,
    });
    expect(bodyOf("http", "user_password", draft)).toEqual({
      ...shared,
      kind: "user_password",
      username: "ada",
      password: "p",
      details: { api_key: "k" },
    });
    expect(bodyOf("http", "host_scoped", draft)).toEqual({
      ...shared,
      kind: "host_scoped",
      host: "api.example.com",
      headers: { "X-Key": "v " },
    });
    expect(changeOf("custom", draft)).toEqual({ values: { "X-Key": "v " } });
  });

  test("what else a form asks for goes beside user name and password; what is empty stays out", () => {
    const filled: Draft = {
      ...EMPTY_DRAFT,
      values: { username: "ada", password: "p", imap_host: " mail.example.com ", imap_port: "" },
    };
    const expected = { username: "ada", password: "p", details: { imap_host: "mail.example.com" } };
    expect(bodyOf("email", "user_password", filled)).toMatchObject(expected);
    expect(changeOf("user_password", filled)).toEqual(expected);
  });

  test("a last day lasts until its end, here", () => {
    const body = bodyOf("http", "api_key", { ...draft, lastDay: "2026-12-31" });
    expect(body).toMatchObject({ expires_at: new Date(2026, 11, 31, 23, 59, 59).toISOString() });
  });
});

describe("what is wrong", () => {
  const refused = (path: string) =>
    new ApiError(400, "bad_input", "all of it", {
      type: "x",
      title: "Bad Request",
      status: 400,
      code: "bad_input",
      detail: "all of it",
      errors: [{ message: "It is missing.", cure: "Fill it in.", node_id: null, pin: null, path }],
    });

  test.each([
    ["fields.api_key", "api_key"],
    ["host_scoped.host", "host"],
    ["host_scoped.headers.X Y.[key]", "pairs"],
    ["custom.values.a", "pairs"],
  ])("%s is said at %s", (path, key) => {
    expect(fieldErrors(refused(path))).toEqual({ [key]: "It is missing. Fill it in." });
  });

  test("a refusal of the provider is about no field", () => {
    expect(fieldErrors(new ApiError(422, "credentials_refused", "Slack says: invalid_auth"))).toEqual({});
    expect(fieldErrors(new Error("x"))).toEqual({});
  });

  test("nothing is asked of the server that is plainly empty", () => {
    const fields = provider({}).fields;
    expect(missing(fields, "api_key", EMPTY_DRAFT)).toEqual({ api_key: "API key is required." });
    expect(missing(fields, "api_key", { ...EMPTY_DRAFT, values: { api_key: "k" } })).toEqual({});
    expect(Object.keys(missing([], "host_scoped", EMPTY_DRAFT))).toEqual(["host", "pairs"]);
  });
});
