// Every screen and what opens on it: no violation of any rule of axe, light and dark, wide and narrow.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { makeWorld, OUTSIDE, SCENES, type Scene, type World } from "./support/scenes";
import { expect, test } from "./support/test";

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 768] as const;

let world: Promise<World> | undefined;

async function check(page: Page, scene: Scene, made: World): Promise<void> {
  await page.goto(scene.path(made));
  await scene.ready(page);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveCSS("color-scheme", theme === "light" ? /light/ : /dark/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`,
    );
    expect.soft(found, `${scene.name}, ${theme}`).toEqual([]);
  }
}

for (const width of WIDTHS) {
  test.describe(`${width} wide`, () => {
    test.use({ viewport: { width, height: 800 } });
    for (const scene of SCENES)
      test(scene.name, async ({ page, api }) => {
        world ??= makeWorld(api);
        await check(page, scene, await world);
      });
  });
  test.describe(`${width} wide, outside`, () => {
    test.use({ viewport: { width, height: 800 }, storageState: { cookies: [], origins: [] } });
    for (const scene of OUTSIDE)
      test(scene.name, async ({ page, api }) => {
        world ??= makeWorld(api);
        await check(page, scene, await world);
      });
  });
}
