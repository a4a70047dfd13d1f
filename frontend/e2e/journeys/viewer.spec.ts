// A viewer looks at everything of their own and changes nothing: no button leads to a refusal.

import { pageOf } from "../support/people";
import { expect, test } from "../support/test";

test("a viewer sees no button that they may not use", async ({ api, server, browser }) => {
  const page = await pageOf("viewer", api, server, browser);
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Library" })).toBeVisible();
  await expect(page.getByText("No graphs yet")).toBeVisible();
  await expect(page.getByRole("button", { name: /New graph|Import|empty graph/ })).toHaveCount(0);
  await page.getByRole("tab", { name: "Templates" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /Use template/ })).toHaveCount(0);

  await page.goto("/triggers?tab=webhooks");
  await expect(page.getByRole("heading", { name: "Triggers" })).toBeVisible();
  await expect(page.getByRole("button", { name: /New webhook/ })).toHaveCount(0);
  await page.goto("/integrations");
  await expect(page.getByRole("heading", { name: "Integrations" })).toBeVisible();
  await expect(page.getByRole("link", { name: "GitHub" }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Connect/ })).toHaveCount(0);
  await page.goto("/settings?section=people");
  await expect(page.getByRole("button", { name: "Add person" })).toHaveCount(0);
  await page.context().close();
});

test("a builder is read only for who has become a viewer", async ({ api, server, browser }) => {
  const page = await pageOf("editor", api, server, browser);
  const answer = await page.request.post("/api/graphs", {
    data: { name: "Mine", nodes: [], links: [] },
    headers: { origin: server.base },
  });
  const { id } = (await answer.json()) as { id: string };
  const { items } = await api.send<{ items: { id: string; email: string }[] }>("GET", "users");
  const person = items.find((one) => one.email.startsWith("editor-"));
  await api.send("PATCH", `users/${person?.id}`, { role: "viewer" });
  await page.goto(`/graphs/${id}`);
  await expect(page.getByText("Read only")).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Block|Publish|Run|Add the first block)/ })).toHaveCount(0);
  await page.keyboard.press("/");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.context().close();
});
