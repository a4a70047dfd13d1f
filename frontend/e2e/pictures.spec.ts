// The pictures of the README, from the running product: `make pictures`. Not a test; it looks at nothing but that all is there.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { block, runBar } from "./support/canvas";
import { approveAll, makeDemo, runDemo } from "./support/demo";
import { greeting } from "./support/graphs";
import { ROOT } from "./support/server";
import { type Api, expect, test } from "./support/test";
import { deliver, publishedWebhook } from "./support/webhook";

const FOLDER = join(ROOT, "docs/pictures");
const TEMPLATES = ["digest_of_a_list", "approve_before_sending", "sort_by_limit", "clean_csv"];

test.use({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
test.setTimeout(180_000);

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(720, 2);
  await expect(page.getByRole("toolbar", { name: "Block" }), "nothing is hovered").toBeHidden();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({
      path: join(FOLDER, `${name}-${theme}.png`),
      animations: "disabled",
      caret: "hide",
    });
  }
}

/** Graphs with a run each, as somebody has them after some days. */
async function fillLibrary(api: Api): Promise<void> {
  for (const name of TEMPLATES) await api.send("POST", `templates/${name}`);
  const live = await publishedWebhook(api);
  await deliver(live, { id: "evt-1", webhook_type: "example_event", data: { greeting: "Hello, Ada!" } });
  const branches: unknown = JSON.parse(readFileSync(join(ROOT, "examples/branches.json"), "utf8"));
  await api.send("POST", `graphs/${await api.makeGraph(branches)}/runs`, { wait: true });
  const hello = await api.makeGraph(await greeting(api, "Say hello"));
  await api.send("POST", `graphs/${hello}/runs`, { inputs: { name: "Ada" }, wait: true });
}

test("pictures", async ({ page, api }) => {
  await fillLibrary(api);
  const demo = await makeDemo(api);
  const run = await runDemo(api, demo);

  await page.goto(`/graphs/${demo}?run=${run}`);
  await expect(block(page, "Ask somebody")).toHaveAccessibleName(/waiting|Waiting/);
  await expect(block(page, "Say thank you")).toHaveAccessibleName(/Completed 4/);
  await block(page, "Address").click();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Block" })).toBeVisible();
  await page.keyboard.press("Shift+1");
  await take(page, "builder");

  await approveAll(api);
  await page.goto(`/runs/${run}?view=items&item=0.1.each&node=ask`);
  await expect(runBar(page).getByText("Completed")).toBeVisible();
  await expect(page.getByRole("list", { name: "The way of item 1" })).toContainText("Alan");
  await take(page, "run");

  await page.goto("/");
  await expect(page.getByRole("list", { name: "Your graphs" })).toContainText("Large orders ask first");
  await page.waitForLoadState("networkidle");
  await take(page, "library");

  await page.goto("/integrations");
  await expect(page.getByRole("button", { name: "Connect Slack" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await take(page, "integrations");
});
