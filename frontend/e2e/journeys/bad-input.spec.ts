// What cannot be: a broken graph pasted, a value of 5 MB, a block that the server does not have. A clear word, nothing lost.

import type { Page } from "@playwright/test";

import { block, pin, saved } from "../support/canvas";
import { graphOf, greeting } from "../support/graphs";
import { expect, test } from "../support/test";

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    document.body.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
}

test("a broken graph is not pasted, and says why", async ({ page, api }) => {
  const id = await api.makeGraph(await greeting(api, "Pasted"));
  await page.goto(`/graphs/${id}`);
  await expect(block(page, "Greet")).toBeVisible();
  await paste(page, "no graph at all");
  await expect(page.getByText("What is in the clipboard are no blocks.")).toBeVisible();
  await paste(page, '{"a": 1}');
  await expect(page.getByText("is JSON, but no blocks")).toBeVisible();
  await paste(page, '{"nodes": [{"id": "x"}], "links": []}');
  await expect(page.getByText("The blocks in the clipboard are damaged")).toBeVisible();
  await expect(block(page, "Greet")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeDisabled();
  await paste(
    page,
    JSON.stringify({ nodes: [{ id: "x", block_id: "00000000-0000-4000-8000-00000000beef" }], links: [] }),
  );
  await saved(page);
  await expect(page.getByRole("group", { name: /Cannot run/ })).toBeVisible();
});

test("a block that the server does not have stays in the graph and says so", async ({ page, api }) => {
  const graph = await greeting(api, "Missing");
  for (const node of graph.nodes)
    if (node.id === "greet") node.block_id = "00000000-0000-4000-8000-00000000beef";
  const id = await api.makeGraph(graph);
  await page.goto(`/graphs/${id}`);
  await expect(block(page, "Greet")).toHaveAccessibleName(/Cannot run/);
  await expect(pin(page, "Name", "Output result")).toHaveAccessibleName(/linked/);
  await block(page, "Greet").dblclick();
  await expect(page.getByRole("complementary", { name: "Block" })).toContainText("does not have the block");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(
    page.getByRole("dialog", { name: "Publish" }).getByRole("button", { name: "Publish" }),
  ).toBeDisabled();
  await page.keyboard.press("Escape");
  const draft = await api.send<{ graph: { links: unknown[] } }>("GET", `graphs/${id}/draft`);
  expect(draft.graph.links).toHaveLength(2);
});

test("a value of 5 MB is shown by its beginning and loaded when asked for", async ({ page, api }) => {
  const graph = await graphOf(
    api,
    "Large",
    [
      { id: "make", block: "AgentLongTextInputBlock", name: "Make", values: { name: "text" } },
      { id: "out", block: "AgentOutputBlock", name: "Result", values: { name: "result" } },
    ],
    ["make.result-out.value"],
  );
  const id = await api.makeGraph(graph);
  const inputs = { text: "abcdefghij".repeat(524_288) };
  const { run_id } = await api.send<{ run_id: string }>("POST", `graphs/${id}/runs`, { inputs, wait: 30 });
  await page.goto(`/runs/${run_id}?node=make`);
  const panel = page.getByRole("complementary", { name: "Make" });
  await expect(panel).toContainText("5.2 MB");
  await panel.getByRole("button", { name: "Load all of it" }).first().click();
  await expect(panel).toContainText("abcdefghij");
  await page.getByRole("link", { name: "Library", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Library" })).toBeVisible();
});
