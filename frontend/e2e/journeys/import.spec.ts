// A graph comes in as a file, chosen or dropped; what is not as it was is told. A wrong file says why.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { block } from "../support/canvas";
import { ROOT } from "../support/server";
import { expect, test } from "../support/test";

const HELLO = join(ROOT, "examples/hello.json");

/** As when somebody lets go of a file from their desktop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeVisible();
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ""], fileName ?? "", { type: "application/json" }));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
  await expect(page.getByText("Drop it to import the graph")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

test("a file that is chosen is imported and opened", async ({ page }) => {
  await page.goto("/");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await (await chooser).setFiles(HELLO);
  const dialog = page.getByRole("dialog", { name: "“Hello” is imported" });
  await expect(dialog).toContainText("Everything is as it was in the file.");
  await dialog.getByRole("button", { name: "Open the graph" }).click();
  await expect(block(page, "Greet")).toBeVisible();
});

test("a file that is dropped is imported; the report names what is missing", async ({ page }) => {
  await page.goto("/");
  const graph = JSON.parse(readFileSync(HELLO, "utf8"));
  graph.nodes[1].block_id = "00000000-0000-4000-8000-00000000beef";
  await drop(page, "hello.json", JSON.stringify(graph));
  const report = page.getByRole("region", { name: "Report of the import" });
  await expect(report).toContainText("00000000-0000-4000-8000-00000000beef");
  await page.getByRole("button", { name: "Stay in the library" }).click();
  await expect(page.getByRole("list", { name: "Your graphs" })).toContainText("Hello");
});

test("a wrong file is refused with the reason, and nothing is lost", async ({ page }) => {
  await page.goto("/");
  await drop(page, "notes.txt", "not a graph");
  await expect(page.getByRole("dialog", { name: "“notes.txt” was not imported" })).toContainText(
    "It is no JSON file.",
  );
  await page.getByRole("button", { name: "Close" }).last().click();
  await drop(page, "workflow.json", JSON.stringify({ nodes: [], connections: {} }));
  await expect(page.getByRole("dialog")).toContainText("It is a workflow of n8n");
  await page.keyboard.press("Escape");
  await drop(page, "half.json", '{"nodes": [');
  await expect(page.getByRole("dialog")).toContainText("breaks off");
});
