// A service is connected: a wrong key is refused in its own words, the right one works, and what uses it is named before it goes.

import { ExampleApi } from "../support/example-api";
import { graphOf } from "../support/graphs";
import { expect, test } from "../support/test";

test("a connection is made, tested, used, and not removed unseen", async ({ page, api }) => {
  await page.goto("/integrations");
  await page.getByRole("button", { name: "Connect Example" }).click();
  const dialog = page.getByRole("dialog", { name: /Connect Example/ });
  await dialog.getByLabel("API key").fill("wrong");
  await dialog.getByRole("button", { name: "Test and connect" }).click();
  await expect(dialog).toContainText("This API key is not known");
  await dialog.getByLabel("API key").fill(ExampleApi.KEY);
  await dialog.getByRole("button", { name: "Test and connect" }).click();
  await expect(dialog).toBeHidden();

  await page.goto("/integrations?provider=example-provider");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText(/It answered as|It works/)).toBeVisible();

  const { items } = await api.send<{ items: { id: string; provider: string }[] }>("GET", "credentials");
  const credential = items.find((one) => one.provider === "example-provider");
  const graph = await graphOf(api, "Greets by Example", [
    {
      id: "greet",
      block: "ExampleBlock",
      values: {
        name: "Ada",
        greetings: ["Hello"],
        credentials: { id: credential?.id, provider: "example-provider", type: "api_key" },
      },
    },
  ]);
  const graphId = await api.makeGraph(graph);
  const run = await api.send<{ status: string }>("POST", `graphs/${graphId}/runs`, { wait: 20 });
  expect(run.status).toBe("completed");

  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Remove connection" }).click();
  const confirm = page.getByRole("alertdialog");
  await expect(confirm).toContainText("1 graph uses it and will fail without it.");
  await expect(confirm.getByRole("link", { name: "Greets by Example" })).toBeVisible();
  await confirm.getByRole("button", { name: "Keep" }).click();
  await expect(confirm).toBeHidden();
  await api.send("DELETE", `credentials/${credential?.id}?confirm=true`);
});
