// Browser tests: the real server with its real database, in real Chromium.

import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

const CHROMIUM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: "e2e",
  testIgnore: process.env.BLOCKYARD_PICTURES ? [] : ["pictures.spec.ts"], // they are taken when asked for
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Two cores have room for one server with its database and one browser.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: process.env.CI ? [["list"]] : [["line"]],
  outputDir: "test-results",
  use: {
    ...(CHROMIUM ? { launchOptions: { executablePath: CHROMIUM, args: ["--no-sandbox"] } } : {}),
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
