// A newcomer's first minute: from `make provider` to a green run of the new block, which is seen in light and in dark.

import { test as base, expect as eventually, type Page } from "@playwright/test";

import { block, pin, runStrip } from "../support/canvas";
import { ExampleApi } from "../support/example-api";
import { Checkout, contrast, StopWatch } from "../support/new-provider";
import { isExpected, OWNER, watch } from "../support/test";

const LONGEST_S = 60;
const LEAST_CONTRAST = 3;
const TITLE = "Acme Create Resource";

const test = base.extend<{ example: ExampleApi; checkout: Checkout }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  example: async ({}, use) => {
    const example = await ExampleApi.started();
    await use(example);
    example.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  checkout: async ({}, use) => {
    const checkout = new Checkout();
    await use(checkout);
    await checkout.close();
  },
});

/** A page that comes file by file from Vite, on a machine that compiles them at the same time. */
const expect = eventually.configure({ timeout: 30_000 });

test.use({ actionTimeout: 30_000, trace: "off" }); // a trace takes time from what is measured
test.setTimeout(240_000);

test("a provider made by the scaffold runs in the builder within a minute", async ({
  page,
  example,
  checkout,
}) => {
  const clock = new StopWatch();
  expect(checkout.make("provider", "NAME=acme", "WEBHOOK=1", "LABEL=Acme Cloud")).toContain(
    "Acme Cloud is there.",
  );
  clock.lap("make provider");
  const dev = await checkout.dev(example.envFor("https://api.acme.example"));
  const address = await dev.offered();
  clock.lap("make dev, until it offers a page");
  const troubles = watch(page, new URL(address).origin);

  await page.goto(address);
  await makeAccount(page);
  clock.lap("the owner's account");
  await beginEmpty(page);
  clock.lap("the first steps, to an empty graph");
  await placeBlock(page);
  clock.lap("the block is found and placed");
  await connect(page);
  clock.lap("its connection is made and tested");
  await page.getByLabel("Name", { exact: true }).fill("Hello");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
  await expect(block(page, TITLE)).toHaveAccessibleName(/Completed/);
  clock.lap("it runs, and is green");

  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByRole("tabpanel", { name: "Output" })).toContainText("Hello (from Example)");
  for (const theme of ["light", "dark"] as const) await look(page, theme);
  process.stdout.write(`\n${clock.shown}\n`);
  test.info().annotations.push({ type: "figure", description: clock.shown });
  expect(troubles.filter((one) => !isExpected(one))).toEqual([]);
  expect(clock.total_s, `seconds from make provider to green\n${clock.shown}`).toBeLessThan(LONGEST_S);
});

async function makeAccount(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Name").fill(OWNER.name);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { name: "Which model should think?" })).toBeVisible();
}

async function beginEmpty(page: Page): Promise<void> {
  await page.getByRole("link", { name: /^(Connect services|Skip for now)$/ }).click();
  await page.getByRole("link", { name: /^(Choose a first graph|Skip for now)$/ }).click();
  await page.getByRole("button", { name: "Begin with an empty graph" }).click();
  await expect(page.getByText("Begin with what starts it")).toBeVisible();
}

/** Found by what people call the provider. */
async function placeBlock(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Add the first block/ }).click();
  const search = page.getByRole("dialog", { name: "Add a block" });
  await search.getByRole("combobox").fill("Acme Cloud");
  const found = search.getByRole("option").filter({ hasText: TITLE });
  await expect(found.locator("svg.lucide-blocks")).toBeVisible();
  await found.click();
  await expect(pin(page, TITLE, "Output message")).toBeVisible();
}

async function connect(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Connect Acme Cloud" }).click();
  const form = page.getByRole("dialog", { name: "Connect Acme Cloud" });
  await form.getByLabel("API key").fill(ExampleApi.KEY);
  await form.getByRole("button", { name: "Test and connect" }).click();
  await expect(form).toBeHidden();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("It answered as ada@example.com.")).toBeVisible();
}

/** The icons of the block and of its connection are drawn, and stand out from what they are drawn on. */
async function look(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.getByRole("tab", { name: "Setup" }).click();
  const connection = page.getByRole("combobox", { name: "Connection" });
  const icons = {
    "on the canvas": block(page, TITLE).locator("svg.lucide-blocks"),
    "in the panel": page.getByRole("complementary", { name: "Block" }).locator("svg.lucide-blocks"),
    "of the connection": connection.locator("svg.lucide-key-round"),
  };
  for (const [place, icon] of Object.entries(icons))
    expect(await contrast(page, icon), `the icon ${place}, ${theme}`).toBeGreaterThan(LEAST_CONTRAST);
  const path = test.info().outputPath(`builder-${theme}.png`);
  await page.screenshot({ path });
  await test.info().attach(`builder-${theme}`, { path, contentType: "image/png" });
}
