// Versions: published with a name, compared with the draft, restored; the restoring can be undone.

import { addBlock, block, saved } from "../support/canvas";
import { greeting } from "../support/graphs";
import { expect, test } from "../support/test";

test("a version is published, compared and restored", async ({ page, api }) => {
  const id = await api.makeGraph(await greeting(api, "Versions"));
  await page.goto(`/graphs/${id}`);
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish" });
  await expect(dialog.getByText("Nothing is missing.")).toBeVisible();
  await dialog.getByLabel("Name of this version").fill("The first");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Version 1 is published")).toBeVisible();

  await addBlock(page, "change text case", "Change Text Case");
  await saved(page);
  await page.getByRole("radio", { name: "Versions" }).click();
  const versions = page.getByRole("list", { name: "Versions" });
  await expect(versions.getByText("The first")).toBeVisible();
  await expect(page.getByText("Added Change Text Case")).toBeVisible();
  await versions.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Version 1 is the draft now")).toBeVisible();
  await expect(block(page, "Change Text Case")).toBeHidden();
  await expect(block(page, "Greet")).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(block(page, "Change Text Case")).toBeVisible();
  await saved(page);
});

test("what is missing is listed before publishing, each with the way to it", async ({ page, api }) => {
  const graph = await greeting(api, "Unready");
  for (const node of graph.nodes) if (node.id === "greet") node.input_default = {};
  const id = await api.makeGraph(graph);
  await page.goto(`/graphs/${id}`);
  await expect(block(page, "Greet")).toHaveAccessibleName(/1 problem/);
  await page.keyboard.press("Control+Shift+P");
  const dialog = page.getByRole("dialog", { name: "Publish" });
  await expect(dialog.getByText("1 thing to do first")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Publish" })).toBeDisabled();
  await dialog.getByRole("button", { name: /Greet, format/ }).click();
  await expect(page.getByRole("complementary", { name: "Block" })).toContainText("Greet");
});
