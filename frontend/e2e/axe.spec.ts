// Every screen and what opens on it: no violation of any rule of axe, light and dark, wide and narrow.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { makeWorld, OUTSIDE, SCENES, type Scene, type World } from "./support/scenes";
import { expect, test } from "./support/test";

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 768] as const;

test.use({ trace: "off" }); // what axe puts into the page would make it a heavy one

let world: Promise<World> | undefined;

async function check(page: Page, scene: Scene, made: World): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(scene.path(made));
  await scene.ready(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      // In the page itself: it has no frames, and a page of its own for each look would take most of the time.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
      );
      expect.soft(found, `${scene.name}, ${theme}, ${width} wide`).toEqual([]);
    }
  }
}

for (const scene of SCENES)
  test(scene.name, async ({ page, api }) => {
    world ??= makeWorld(api);
    await check(page, scene, await world);
  });

test.describe("outside", () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  for (const scene of OUTSIDE)
    test(scene.name, async ({ page, api }) => {
      world ??= makeWorld(api);
      await check(page, scene, await world);
    });
});
