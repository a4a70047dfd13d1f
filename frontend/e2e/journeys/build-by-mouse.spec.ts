// From an empty canvas to a result, by mouse: blocks from the search, links by dragging, a block out of a dropped link.

import { addBlock, block, chooseFirst, drag, dragTo, moveBy, pin, runStrip, saved } from "../support/canvas";
import { expect, test } from "../support/test";

test("an empty canvas is composed and run by mouse", async ({ page, api }) => {
  const id = await api.makeGraph({ name: "By mouse", nodes: [], links: [] });
  await page.goto(`/graphs/${id}`);
  await expect(page.getByText("Begin with what starts it")).toBeVisible();

  await page.getByRole("button", { name: /Add the first block/ }).click();
  await chooseFirst(page, "short text", "Agent Short Text Input");
  await moveBy(page, "Agent Short Text Input", -260, -60);
  await addBlock(page, "make slug", "Make Slug");
  await drag(
    page,
    pin(page, "Agent Short Text Input", "Output result"),
    pin(page, "Make Slug", "Input text"),
  );
  await expect(pin(page, "Make Slug", "Input text")).toHaveAccessibleName(/linked/);

  await test.step("a link dropped on the canvas asks what comes next", async () => {
    const box = await block(page, "Make Slug").boundingBox();
    if (!box) throw new Error("The block is not on the page.");
    await dragTo(page, pin(page, "Make Slug", "Output slug"), { x: box.x, y: box.y + box.height + 80 });
    await chooseFirst(page, "agent output", "Agent Output");
    await expect(pin(page, "Agent Output", "Input value")).toHaveAccessibleName(/linked/);
  });
  await saved(page);

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const begin = page.getByRole("dialog", { name: "Run" });
  await begin.getByLabel(/input/i).fill("quiet words");
  await begin.getByRole("button", { name: "Run" }).click();
  await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
  await expect(block(page, "Agent Output")).toHaveAccessibleName(/Completed/);
});
