// The server dies in the middle of a run: the page says so, comes back by itself, and shows how the run ended.

import { block, runBar } from "../support/canvas";
import { graphOf } from "../support/graphs";
import { expect, test } from "../support/test";

test.setTimeout(120_000);

test("a run goes on where it was when the server comes back, and the page with it", async ({
  page,
  api,
  server,
}) => {
  const graph = await graphOf(
    api,
    "Survives",
    [
      {
        id: "wait",
        block: "CountdownTimerBlock",
        name: "Wait",
        values: { input_message: "back", seconds: 4 },
      },
      { id: "out", block: "AgentOutputBlock", name: "Result", values: { name: "result" } },
    ],
    ["wait.output_message-out.value"],
  );
  const id = await api.makeGraph(graph);
  const { run_id } = await api.send<{ run_id: string }>("POST", `graphs/${id}/runs`, { inputs: {} });
  await page.goto(`/runs/${run_id}`);
  await expect(block(page, "Wait")).toHaveAccessibleName(/aiting/);
  await server.kill();
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await server.start();
  await expect(page.getByText("The server cannot be reached.")).toBeHidden();
  await expect(runBar(page).getByText("Completed")).toBeVisible({ timeout: 40_000 });
  await expect(block(page, "Result")).toHaveAccessibleName(/Completed/);
});
