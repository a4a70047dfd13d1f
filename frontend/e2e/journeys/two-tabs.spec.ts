// One graph in two tabs: the second is told, and whoever saves second chooses.

import { addBlock, block, saved } from "../support/canvas";
import { greeting } from "../support/graphs";
import { expect, test } from "../support/test";

test("the second tab is told, and who saves second chooses what stays", async ({ page, api, context }) => {
  const id = await api.makeGraph(await greeting(api, "Twice"));
  await page.goto(`/graphs/${id}`);
  await expect(block(page, "Greet")).toBeVisible();
  const second = await context.newPage();
  await second.goto(`/graphs/${id}`);
  await expect(second.getByText("This graph is open in another tab.")).toBeVisible();
  await expect(page.getByText("This graph is open in another tab.")).toBeHidden();

  await addBlock(page, "change text case", "Change Text Case");
  await saved(page);
  await addBlock(second, "count items", "Count Items");
  await expect(second.getByText("This draft was changed elsewhere.")).toBeVisible();
  await expect(second.getByRole("status").filter({ hasText: "Not saved" })).toBeVisible();

  await test.step("theirs", async () => {
    await second.getByRole("button", { name: "Take theirs" }).click();
    await expect(block(second, "Change Text Case")).toBeVisible();
    await expect(block(second, "Count Items")).toBeHidden();
    await second.getByRole("button", { name: "Undo: Take what others saved" }).click();
    await expect(block(second, "Count Items")).toBeVisible();
    await saved(second);
  });
  await test.step("mine", async () => {
    await addBlock(page, "make slug", "Make Slug");
    await page.getByRole("button", { name: "Keep mine" }).click();
    await saved(page);
    const draft = await api.send<{ graph: { nodes: unknown[] } }>("GET", `graphs/${id}/draft`);
    expect(draft.graph.nodes).toHaveLength(5);
  });
});
