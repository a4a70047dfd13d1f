// A link that cannot be: it says why, and offers the block that would help.

import { block, drag, pin } from "../support/canvas";
import { graphOf } from "../support/graphs";
import { expect, test } from "../support/test";

test("a refused link tells why and offers the cure", async ({ page, api }) => {
  const graph = await graphOf(api, "Refused", [
    { id: "list", block: "CreateListBlock", name: "Names", values: { values: ["a", "b"] } },
    {
      id: "sum",
      block: "CalculatorBlock",
      name: "Sum",
      at: [600, 0],
      values: { operation: "Add", a: 1, b: 1 },
    },
  ]);
  const id = await api.makeGraph(graph);
  await page.goto(`/graphs/${id}`);
  await drag(page, pin(page, "Names", "Output list"), pin(page, "Sum", "Input a"));

  const told = page.getByRole("alert").filter({ hasText: "does not fit" });
  await expect(told).toContainText("List does not fit Whole number or Number.");
  await told.getByRole("button", { name: "Add Step Through Items" }).click();
  await expect(block(page, "Step Through Items")).toBeVisible();
  await expect(pin(page, "Sum", "Input a")).toHaveAccessibleName(/linked/);
  await expect(pin(page, "Names", "Output list")).toHaveAccessibleName(/linked/);

  await page.keyboard.press("Control+z");
  await expect(block(page, "Step Through Items")).toBeHidden();
  await expect(pin(page, "Names", "Output list")).toHaveAccessibleName(/free/);
});
