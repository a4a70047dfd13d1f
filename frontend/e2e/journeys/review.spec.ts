// A run waits for a person, who answers where it waits: on the run's page, and from the list of runs.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { block, runBar } from "../support/canvas";
import { approveAll } from "../support/demo";
import { ROOT } from "../support/server";
import { type Api, expect, test } from "../support/test";

async function waitingRun(api: Api): Promise<string> {
  const graph: unknown = JSON.parse(readFileSync(join(ROOT, "examples/approval.json"), "utf8"));
  const id = await api.makeGraph(graph);
  return (await api.send<{ run_id: string }>("POST", `graphs/${id}/runs`, { inputs: {} })).run_id;
}

test("a review is answered on the run's page, with other data", async ({ page, api }) => {
  const run = await waitingRun(api);
  await page.goto(`/runs/${run}`);
  await expect(block(page, "Ask")).toHaveAccessibleName(/aiting/);
  await block(page, "Ask").click();
  const review = page.getByRole("region", { name: "Review" });
  await review.getByRole("textbox").first().fill("We ship on Monday.");
  await review.getByLabel("Message").fill("Friday is a holiday");
  await review.getByRole("button", { name: "Approve with changes" }).click();
  await expect(runBar(page).getByText("Completed")).toBeVisible();
  const { outputs } = await api.send<{ outputs: Record<string, unknown> }>("GET", `runs/${run}`);
  expect(outputs).toMatchObject({ posted: ["We ship on Monday."], message: ["Friday is a holiday"] });
});

test("a review is rejected from the list of runs", async ({ page, api }) => {
  await approveAll(api); // what other tests have left
  const run = await waitingRun(api);
  await page.goto("/runs");
  await expect(page.getByRole("heading", { name: "1 review waits for you" })).toBeVisible();
  await page.getByRole("button", { name: /^Answer/ }).click();
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  await expect(page.getByText("Rejected: Post this?")).toBeVisible();
  await expect(page.getByRole("heading", { name: /waits for you/ })).toBeHidden();
  await page.getByRole("button", { name: "Open run" }).click();
  await expect(runBar(page).getByText("Completed")).toBeVisible();
  const { outputs } = await api.send<{ outputs: Record<string, unknown> }>("GET", `runs/${run}`);
  expect(outputs).toMatchObject({ rejected: ["We ship on Friday."] });
});
