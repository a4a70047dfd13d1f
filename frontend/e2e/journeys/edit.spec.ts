// Undo, copy, paste, duplicate, delete; the draft follows.

import { block, saved } from "../support/canvas";
import { greeting } from "../support/graphs";
import { expect, test } from "../support/test";

type Draft = { graph: { nodes: unknown[]; links: unknown[] } };

test("blocks are copied, pasted, duplicated, deleted, and all of it is undone", async ({ page, api }) => {
  const id = await api.makeGraph(await greeting(api, "Edits"));
  const size = async () => {
    await saved(page);
    const { graph } = await api.send<Draft>("GET", `graphs/${id}/draft`);
    return [graph.nodes.length, graph.links.length];
  };
  await page.goto(`/graphs/${id}`);
  await block(page, "Greet").click();
  await expect(block(page, "Greet")).toHaveCount(1);

  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await expect(page.getByText("Copied 3 blocks")).toBeVisible();
  await page.keyboard.press("Control+v");
  await expect(block(page, "Greet")).toHaveCount(2);
  expect(await size(), "the links within come along").toEqual([6, 4]);

  await page.keyboard.press("Control+d");
  await expect(block(page, "Greet")).toHaveCount(3);
  expect(await size()).toEqual([9, 6]);

  await page.keyboard.press("Delete");
  await expect(block(page, "Greet")).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect(block(page, "Greet")).toHaveCount(1);
  expect(await size(), "undo is saved as any other change").toEqual([3, 2]);
  await page.keyboard.press("Control+Shift+z");
  await expect(block(page, "Greet")).toHaveCount(2);
  expect(await size()).toEqual([6, 4]);
});

test("keys belong to a field while somebody types there", async ({ page, api }) => {
  const id = await api.makeGraph(await greeting(api, "Typing"));
  await page.goto(`/graphs/${id}`);
  await block(page, "Greet").click();
  await page.keyboard.press("F2");
  const name = page.getByRole("dialog", { name: "Rename block" }).getByLabel("Name");
  await name.fill("Ddd");
  await name.press("Control+z");
  await name.fill("Greeter");
  await name.press("Enter");
  await expect(block(page, "Greeter")).toBeVisible();
  await expect(block(page, "Greeter")).not.toHaveAccessibleName(/Disabled/);
  await block(page, "Greeter").focus();
  await page.keyboard.press("d");
  await expect(block(page, "Greeter")).toHaveAccessibleName(/Disabled/);
});
