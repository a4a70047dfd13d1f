// A tab dies before the server has the draft: the work is in the browser, and comes back.

import { addBlock, block, saved } from "../support/canvas";
import { greeting } from "../support/graphs";
import { expect, test } from "../support/test";

test("unsaved work comes back after the tab was killed", async ({ page, api, context }) => {
  const id = await api.makeGraph(await greeting(api, "Unsaved"));
  await page.goto(`/graphs/${id}`);
  await page.route("**/draft", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
  await addBlock(page, "change text case", "Change Text Case");
  await expect(page.getByRole("status").filter({ hasText: "Kept in this browser" })).toBeVisible();
  await page.close({ runBeforeUnload: false });

  const again = await context.newPage();
  await again.goto(`/graphs/${id}`);
  await expect(again.getByText(/Unsaved work was recovered \(1 block, 0 links/)).toBeVisible();
  await expect(block(again, "Greet")).toBeVisible();
  await expect(block(again, "Change Text Case")).toBeHidden();
  await again.getByRole("button", { name: "Restore" }).click();
  await expect(block(again, "Change Text Case")).toBeVisible();
  await saved(again);
  const draft = await api.send<{ graph: { nodes: unknown[] } }>("GET", `graphs/${id}/draft`);
  expect(draft.graph.nodes).toHaveLength(4);
  await again.reload();
  await expect(block(again, "Change Text Case")).toBeVisible();
  await expect(again.getByText("Unsaved work was recovered")).toBeHidden();
});
