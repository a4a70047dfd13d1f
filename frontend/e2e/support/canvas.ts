// The canvas as a hand and an eye have it: blocks by their names, pins by theirs, links drawn by dragging.

import { expect, type Locator, type Page } from "@playwright/test";

/** A block by the beginning of its name. */
export function block(page: Page, name: string): Locator {
  return page.getByRole("group", { name: new RegExp(`^${escaped(name)}(,|$)`) });
}

/** "Output result" or "Input values": a pin of a block. */
export function pin(page: Page, of: string, name: string): Locator {
  return block(page, of).getByRole("button", { name: new RegExp(`^${escaped(name)},`) });
}

/** Searches a block by what is typed, takes the first that is found, and waits until it stands on the canvas. */
export async function addBlock(page: Page, words: string, title: string): Promise<void> {
  await page
    .getByRole("toolbar", { name: "Canvas" })
    .getByRole("button", { name: /^Block/ })
    .click();
  await chooseFirst(page, words, title);
}

/** In the search that is open. */
export async function chooseFirst(page: Page, words: string, title: string): Promise<void> {
  const search = page.getByRole("dialog", { name: "Add a block" });
  await search.getByRole("combobox").fill(words);
  await expect(search.getByRole("option").first()).toContainText(title);
  await page.keyboard.press("Enter");
  await expect(search).toBeHidden();
  await expect(block(page, title)).toBeVisible();
}

type Point = { x: number; y: number };

/** Drags from the middle of one thing to the middle of another, in steps, as a hand does. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = await middles([from, to]);
  if (start && end) await dragBetween(page, start, end);
}

export async function dragTo(page: Page, from: Locator, to: Point): Promise<void> {
  const [start] = await middles([from]);
  if (start) await dragBetween(page, start, to);
}

/** Drags a block by its title. */
export async function moveBy(page: Page, name: string, x: number, y: number): Promise<void> {
  const [start] = await middles([block(page, name).locator(".node__title")]);
  if (start) await dragBetween(page, start, { x: start.x + x, y: start.y + y });
}

async function dragBetween(page: Page, start: Point, end: Point): Promise<void> {
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 4 });
  await page.mouse.up();
}

const STILL_TIMES = 4;

/** Where things are once they have come to rest: the canvas glides when a block is brought into view. */
async function middles(things: readonly Locator[]): Promise<Point[]> {
  let before = "";
  let times = 0;
  let at: Point[] = [];
  await expect(async () => {
    const boxes = await Promise.all(things.map((thing) => thing.boundingBox({ timeout: 2_000 })));
    const now = JSON.stringify(boxes);
    times = now === before ? times + 1 : 0;
    before = now;
    at = boxes.flatMap((box) => (box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : []));
    expect(at, "all are on the page").toHaveLength(things.length);
    expect(times, "and rest").toBeGreaterThanOrEqual(STILL_TIMES);
  }).toPass({ intervals: [50], timeout: 10_000 });
  return at;
}

/** The draft is on the server. */
export async function saved(page: Page): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();
}

/** The strip below the canvas, in which the state of the run is said. */
export function runStrip(page: Page): Locator {
  return page.getByRole("region", { name: "Run" });
}

/** The bar above a run, with its state. */
export function runBar(page: Page): Locator {
  return page.locator("header.runbar");
}

/** Tab while a link is drawn by keys, until it has come to this pin. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(wanted).toBeFocused({ timeout: 300 });
  }).toPass({ timeout: 8_000 });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
