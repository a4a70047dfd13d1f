// A run fails: what was asked and answered stands there, the block is mended, and the run goes on from where it failed.

import { block, runStrip, saved } from "../support/canvas";
import { graphOf } from "../support/graphs";
import { expect, test } from "../support/test";

test("a failed run is understood, mended and retried from the failed block", async ({ page, api }) => {
  const graph = await graphOf(
    api,
    "Fails once",
    [
      { id: "start", block: "FillTextTemplateBlock", name: "Start", values: { format: "12", values: {} } },
      { id: "sum", block: "CalculatorBlock", name: "Share", values: { operation: "Divide", b: 0 } },
      { id: "out", block: "AgentOutputBlock", name: "Result", values: { name: "result" } },
    ],
    ["start.output-sum.a", "sum.result-out.value"],
  );
  const id = await api.makeGraph(graph);
  await page.goto(`/graphs/${id}`);
  await expect(block(page, "Share")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(runStrip(page).getByRole("status")).toHaveText("Failed");
  await expect(block(page, "Share")).toHaveAccessibleName(/Failed/);
  await expect(page.getByText(/The run failed at Share: /)).toBeVisible();

  await block(page, "Share").dblclick();
  const panel = page.getByRole("complementary", { name: "Block" });
  await panel.getByRole("tab", { name: "Setup" }).click();
  await panel.getByLabel("B", { exact: true }).fill("4");
  await saved(page);
  await page.getByRole("button", { name: "Retry from the failed block" }).click();
  await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
  await expect(block(page, "Result")).toHaveAccessibleName(/Completed/);

  const { items } = await api.send<{ items: { run_id: string }[] }>("GET", `runs?graph_id=${id}&limit=1`);
  const run = await api.send<{ outputs: Record<string, unknown> }>("GET", `runs/${items[0]?.run_id}`);
  expect(run.outputs).toEqual({ result: [3] });
});
