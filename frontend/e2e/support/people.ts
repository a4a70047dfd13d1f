// Somebody else, with another role, in a browser of their own.

import { type Browser, type Page, request } from "@playwright/test";

import type { Server } from "./server";
import type { Api } from "./test";

const PASSWORD = "another-horse-battery";

/** A page of a person with this role, logged in; close its context afterwards. */
export async function pageOf(
  role: "editor" | "viewer",
  api: Api,
  server: Server,
  browser: Browser,
): Promise<Page> {
  const email = `${role}-${Date.now()}@example.com`;
  await api.send("POST", "users", { email, name: role, role, password: PASSWORD });
  const login = await request.newContext({
    baseURL: server.base,
    storageState: { cookies: [], origins: [] }, // else it would be the owner who logs in again
  });
  await login.post("/api/auth/login", { data: { email, password: PASSWORD } });
  const state = await login.storageState();
  await login.dispose();
  const context = await browser.newContext({ baseURL: server.base, storageState: state });
  return context.newPage();
}
