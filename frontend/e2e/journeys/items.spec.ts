// Items that go two ways, one of which fails for some: each can be followed through the graph.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { block, runBar } from "../support/canvas";
import { ROOT } from "../support/server";
import { expect, test } from "../support/test";

test("items go through two branches, some fail, and each is followed", async ({ page, api }) => {
  const graph: unknown = JSON.parse(readFileSync(join(ROOT, "examples/branches.json"), "utf8"));
  const id = await api.makeGraph(graph);
  const { run_id } = await api.send<{ run_id: string }>("POST", `graphs/${id}/runs`, { inputs: {} });
  await page.goto(`/runs/${run_id}`);
  await expect(runBar(page).getByText("Completed")).toBeVisible();
  await expect(block(page, "Quick way")).toHaveAccessibleName(/2 of 6 failed/);

  await page.getByRole("radio", { name: "Items" }).click();
  const items = page.getByRole("list", { name: "Items" });
  await expect(items.getByRole("button")).toHaveCount(9);
  await expect(items.getByRole("button").filter({ hasText: "Failed" })).toHaveCount(2);

  await test.step("one that failed", async () => {
    await items.getByRole("button").filter({ hasText: "Failed" }).first().click();
    const way = page.getByRole("list", { name: "The way of item 1" });
    await expect(way.getByRole("listitem").filter({ hasText: "Quick way" })).toContainText("failed here");
    await expect(way.getByRole("listitem").filter({ hasText: "Slow way" })).toContainText(
      "did not come here",
    );
    await way.getByRole("button", { name: /Quick way/ }).click();
    await expect(
      page.getByRole("complementary", { name: "Quick way" }).getByRole("tab", { name: "Error" }),
    ).toBeVisible();
  });
  await test.step("one that went the other way", async () => {
    await items.getByRole("button").nth(3).click();
    const way = page.getByRole("list", { name: "The way of item 3" });
    await expect(way.getByRole("listitem").filter({ hasText: "Quick way" })).toContainText(
      "did not come here",
    );
    await expect(way.getByRole("listitem").filter({ hasText: "Slow way" })).toContainText("12");
    await expect(page.getByText("As item 3 saw it")).toBeVisible();
    await page.reload();
    await expect(page.getByText("As item 3 saw it"), "the address has it").toBeVisible();
  });
});
