// From the address that the server prints to the first result.

import { test as base, expect } from "@playwright/test";

import { block, runStrip } from "../support/canvas";
import { Server } from "../support/server";
import { OWNER } from "../support/test";

const test = base.extend<{ fresh: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  fresh: async ({}, use) => {
    const server = await Server.started();
    await use(server);
    await server.close();
  },
});

test.setTimeout(120_000);

test("a new installation leads to a graph that has run", async ({ page, fresh }) => {
  await page.goto(`${fresh.base}/#setup=${await fresh.setupToken()}`);
  await expect(page.getByRole("heading", { name: "Make the owner's account" })).toBeVisible();
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Name").fill(OWNER.name);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "10" })).toBeVisible();
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Make the account" }).click();

  await expect(page.getByRole("heading", { name: "Which model should think?" })).toBeVisible();
  expect(page.url(), "the token leaves the address").not.toContain("setup=");
  await page.getByRole("link", { name: "Owner: Completed" }).click();
  await expect(page.getByRole("heading", { name: "Welcome, Ada" })).toBeVisible();
  await page.getByRole("link", { name: "Choose a model" }).click();
  await page.getByRole("link", { name: /^(Connect services|Skip for now)$/ }).click();
  await expect(page.getByRole("heading", { name: "What should your graphs reach?" })).toBeVisible();
  await page.getByRole("link", { name: /^(Choose a first graph|Skip for now)$/ }).click();
  await page.getByRole("button", { name: "Use template “Each item of a list”" }).click();

  await expect(block(page, "Together")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("dialog", { name: "Run" }).getByRole("button", { name: "Run" }).click();
  await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
  await runStrip(page).getByRole("link", { name: "Open run" }).click();
  await expect(page.getByText(/Hello/).first()).toBeVisible();

  await page.getByRole("link", { name: "Library", exact: true }).click();
  await expect(
    page.getByRole("list", { name: "Your graphs" }).getByText("Each item of a list"),
  ).toBeVisible();
});
