// One step at a time: up to a block, one block again, pinned data in its place.

import { block, runStrip, saved } from "../support/canvas";
import { graphOf } from "../support/graphs";
import { expect, test } from "../support/test";

type RunRow = { run_id: string };
type Nodes = { items: { node_id: string; completed: number }[] };

test("a run goes up to a block, one block runs alone, and pinned data stands in for another", async ({
  page,
  api,
}) => {
  const graph = await graphOf(
    api,
    "Step by step",
    [
      { id: "one", block: "CalculatorBlock", name: "First", values: { operation: "Add", a: 1, b: 2 } },
      { id: "two", block: "CalculatorBlock", name: "Second", values: { operation: "Multiply", b: 10 } },
      {
        id: "three",
        block: "CalculatorBlock",
        name: "Third",
        at: [0, 300],
        values: { operation: "Add", b: 5 },
      },
      { id: "out", block: "AgentOutputBlock", name: "Result", at: [300, 300], values: { name: "result" } },
    ],
    ["one.result-two.a", "two.result-three.a", "three.result-out.value"],
  );
  const id = await api.makeGraph(graph);
  const lastRun = async () => {
    const { items } = await api.send<{ items: RunRow[] }>("GET", `runs?graph_id=${id}&limit=1`);
    const nodes = await api.send<Nodes>("GET", `runs/${items[0]?.run_id}/nodes`);
    return Object.fromEntries(nodes.items.map((node) => [node.node_id, node.completed]));
  };
  await page.goto(`/graphs/${id}`);

  await test.step("up to the second", async () => {
    await block(page, "Second").click();
    await page.keyboard.press("Shift+R");
    await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
    await expect(block(page, "Second")).toHaveAccessibleName(/Completed/);
    await expect(block(page, "Third")).not.toHaveAccessibleName(/Completed/);
    expect(await lastRun()).toMatchObject({ one: 1, two: 1 });
  });

  await test.step("its output is pinned: nothing before it needs to run", async () => {
    await block(page, "Second").hover();
    await page.getByRole("toolbar", { name: "Block" }).getByRole("button", { name: "Pin output" }).click();
    await expect(page.getByRole("button", { name: "Undo: Pin output" })).toBeVisible();
    await saved(page);
    await page.keyboard.press("Control+Enter");
    await expect(block(page, "Result")).toHaveAccessibleName(/Completed/);
    await expect(block(page, "Second")).toHaveAccessibleName(/Pinned data/);
    const { graph: draft } = await api.send<{ graph: { nodes: { id: string; pinned?: unknown }[] } }>(
      "GET",
      `graphs/${id}/draft`,
    );
    expect(draft.nodes.find((node) => node.id === "two")?.pinned).toEqual({ result: [30] });
  });

  await test.step("the last alone, on what came to it before", async () => {
    await block(page, "Result").click();
    await page.keyboard.press("r");
    await expect(runStrip(page).getByRole("status")).toHaveText("Completed");
    await expect(block(page, "Result")).toHaveAccessibleName(/Completed/);
  });
});
