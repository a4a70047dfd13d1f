// A schedule is made in the dialog, runs when it is told to, and fires when its time has come.

import { greeting } from "../support/graphs";
import { expect, test } from "../support/test";

test.setTimeout(150_000);

test("a schedule is made, run now, and seen to fire", async ({ page, api }) => {
  const graph = await api.makeGraph(await greeting(api, "On time"));
  await api.send("POST", `graphs/${graph}/publish`);
  await page.goto("/triggers?tab=schedules");
  await page.getByRole("button", { name: "New schedule" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New schedule" });
  await dialog.getByLabel("Graph", { exact: true }).click();
  await page.getByRole("option", { name: /On time/ }).click();

  await test.step("a wrong expression is told beside its field", async () => {
    await dialog.getByLabel("Cron expression").fill("61 * * * *");
    await expect(dialog.getByRole("alert").first()).toBeVisible();
  });
  await dialog.getByLabel("Cron expression").fill("* * * * *");
  await expect(dialog.getByText(/Every minute/i).first()).toBeVisible();
  await dialog.getByLabel(/name/i).last().fill("Ada");
  await dialog.getByRole("button", { name: "Make schedule" }).click();
  await expect(page.getByText("Schedule made")).toBeVisible();

  const row = page.getByRole("row").filter({ hasText: "On time" });
  await row.getByRole("button", { name: "More for On time" }).click();
  await page.getByRole("menuitem", { name: "Run now" }).click();
  await expect(page.getByText("Run started")).toBeVisible();

  await test.step("its time comes", async () => {
    await expect(row).toContainText("Started a run", { timeout: 80_000 });
    const { items } = await api.send<{ items: { last_outcome: string; last_run_id: string }[] }>(
      "GET",
      "schedules",
    );
    expect(items[0]?.last_outcome).toBe("started");
    await page.goto(`/runs/${items[0]?.last_run_id}`);
    await expect(page.getByText("Hello, Ada!").first()).toBeVisible();
  });
  const { items } = await api.send<{ items: { id: string }[] }>("GET", "schedules");
  for (const { id } of items) await api.send("DELETE", `schedules/${id}`);
});
