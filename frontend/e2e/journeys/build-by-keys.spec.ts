// From an empty canvas to a result without touching the mouse.

import type { Locator } from "@playwright/test";

import { block, pin, runStrip, saved, tabTo } from "../support/canvas";
import { expect, test } from "../support/test";

test("an empty canvas is composed and run by keys alone", async ({ page, api }) => {
  const id = await api.makeGraph({ name: "By keys", nodes: [], links: [] });
  await page.goto(`/graphs/${id}`);
  await expect(page.getByText("Begin with what starts it")).toBeVisible();
  const add = async (words: string, title: string) => {
    await page.keyboard.press("/");
    await expect(page.getByRole("dialog", { name: "Add a block" })).toBeVisible();
    await page.keyboard.type(words);
    await expect(page.getByRole("option").first()).toContainText(title);
    await page.keyboard.press("Enter");
    await expect(block(page, title)).toBeFocused();
  };

  await add("short text", "Agent Short Text Input");
  await add("make slug", "Make Slug");
  await add("agent output", "Agent Output");
  await page.keyboard.press("Shift+T");
  await expect(page.getByRole("button", { name: "Undo: Tidy" })).toBeVisible();

  const link = async (from: string, to: Locator) => {
    await block(page, from).focus();
    await page.keyboard.press("l");
    await tabTo(page, to);
    await page.keyboard.press("Enter");
    await expect(to).toHaveAccessibleName(/linked/);
  };
  await link("Agent Short Text Input", pin(page, "Make Slug", "Input text"));
  await link("Make Slug", pin(page, "Agent Output", "Input value"));
  await saved(page);

  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog", { name: "Run" })).toBeVisible();
  await page.keyboard.type("quiet words");
  await page.keyboard.press("Enter");
  await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
  await expect(block(page, "Agent Output")).toHaveAccessibleName(/Completed/);
});
