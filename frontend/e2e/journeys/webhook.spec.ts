// An event comes in by HTTP: it is seen at once, what it started is opened, and it is taken in once more.

import { runBar } from "../support/canvas";
import { expect, test } from "../support/test";
import { deliver, publishedWebhook } from "../support/webhook";

test("a webhook's event shows up live and is replayed", async ({ page, api }) => {
  const webhook = await publishedWebhook(api);
  await page.goto("/triggers");
  await page
    .getByRole("link", { name: /Example/ })
    .first()
    .click();
  await expect(page.getByText("Nothing has come yet")).toBeVisible();

  await deliver(webhook, { id: "evt-1", webhook_type: "example_event", data: { greeting: "Hello, Ada!" } });
  const rows = page
    .getByRole("row")
    .filter({ has: page.getByRole("cell", { name: "example_event", exact: true }) });
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("Started a run");
  await rows.first().getByRole("button", { expanded: false }).click();
  await expect(page.getByRole("region", { name: "Body" })).toContainText("Hello, Ada!");
  await expect(page.getByRole("region", { name: "Headers" })).not.toContainText("sha256=");

  await page.getByRole("button", { name: "Replay" }).first().click();
  await expect(page.getByText("Replayed. 1 run started")).toBeVisible();
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Open the run" }).click();
  await expect(runBar(page).getByText("Completed")).toBeVisible();
  await expect(page.getByText("Hello, Ada!").first()).toBeVisible();
});
