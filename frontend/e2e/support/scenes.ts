// All screens and what opens on them, each with what one waits for: looked at by axe and for the pictures.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { block } from "./canvas";
import { graphOf, greeting } from "./graphs";
import { ROOT } from "./server";
import type { Api } from "./test";
import { deliver, publishedWebhook } from "./webhook";

/** Ids of what the screens show. */
export type World = {
  empty: string;
  graph: string;
  run: string;
  failed: string;
  waiting: string;
  webhook: string;
};

/** Something of everything: graphs, a run of each outcome, a webhook with an event, a schedule. */
export async function makeWorld(api: Api): Promise<World> {
  const example = (name: string): unknown =>
    JSON.parse(readFileSync(join(ROOT, `examples/${name}.json`), "utf8"));
  const run = async (graphId: string, inputs: unknown = {}, wait: boolean | number = 20) =>
    (await api.send<{ run_id: string }>("POST", `graphs/${graphId}/runs`, { inputs, wait })).run_id;
  const graph = await api.makeGraph(example("branches"));
  const failing = await api.makeGraph(
    await graphOf(
      api,
      "Share of the whole",
      [
        { id: "sum", block: "CalculatorBlock", name: "Share", values: { operation: "Divide", a: 1, b: 0 } },
        { id: "out", block: "AgentOutputBlock", name: "Result", values: { name: "result" } },
      ],
      ["sum.result-out.value"],
    ),
  );
  const live = await publishedWebhook(api);
  await deliver(live, { id: "evt-1", webhook_type: "example_event", data: { greeting: "Hello, Ada!" } });
  const scheduled = await api.makeGraph(await greeting(api));
  await api.send("POST", `graphs/${scheduled}/publish`);
  await api.send("POST", "schedules", {
    graph_id: scheduled,
    name: "Every morning",
    cron: "30 7 * * *",
    timezone: "Europe/Berlin",
    inputs: { name: "Ada" },
  });
  await api.send("PUT", "budgets", { period: "month", limit_usd_micros: 20_000_000 });
  return {
    empty: await api.makeGraph({ name: "Empty", nodes: [], links: [] }),
    graph,
    run: await run(graph),
    failed: await run(failing),
    waiting: await run(await api.makeGraph(example("approval")), {}, false),
    webhook: live.webhookId,
  };
}

export type Scene = { name: string; path: (world: World) => string; ready: (page: Page) => Promise<void> };

const heading = (name: string | RegExp) => (page: Page) =>
  expect(page.getByRole("heading", { name }).first()).toBeVisible();
const shown = (name: string) => (page: Page) => expect(block(page, name)).toBeVisible();

export const SCENES: readonly Scene[] = [
  {
    name: "library",
    path: () => "/",
    ready: (page) => expect(page.getByRole("list", { name: "Your graphs" })).toBeVisible(),
  },
  {
    name: "templates",
    path: () => "/?tab=templates",
    ready: (page) => expect(page.getByRole("article").first()).toBeVisible(),
  },
  {
    name: "new graph",
    path: () => "/",
    ready: async (page) => {
      await page.getByRole("button", { name: "New graph" }).click();
      await expect(page.getByRole("dialog", { name: "New graph" })).toBeVisible();
    },
  },
  { name: "welcome", path: () => "/welcome?step=owner", ready: heading(/Welcome/) },
  { name: "welcome, models", path: () => "/welcome?step=model", ready: heading("Which model should think?") },
  {
    name: "welcome, services",
    path: () => "/welcome?step=integrations",
    ready: heading("What should your graphs reach?"),
  },
  { name: "welcome, templates", path: () => "/welcome?step=graph", ready: heading("Choose a first graph") },
  {
    name: "builder, empty",
    path: ({ empty }) => `/graphs/${empty}`,
    ready: heading("Begin with what starts it"),
  },
  { name: "builder", path: ({ graph }) => `/graphs/${graph}`, ready: shown("Meet") },
  {
    name: "builder, with its panel",
    path: ({ graph }) => `/graphs/${graph}`,
    ready: async (page) => {
      await block(page, "Meet").dblclick();
      await expect(page.getByRole("complementary", { name: "Block" })).toBeVisible();
    },
  },
  ...(["Input", "Output", "On error"] as const).map((tab) => ({
    name: `builder, panel, ${tab}`,
    path: ({ graph, run }: World) => `/graphs/${graph}?run=${run}`,
    ready: async (page: Page) => {
      await block(page, "Quick way").dblclick();
      await page.getByRole("complementary", { name: "Block" }).getByRole("tab", { name: tab }).click();
      await expect(page.getByRole("tabpanel", { name: tab })).toBeVisible();
    },
  })),
  ...(
    [
      ["add search", "/", "Add a block"],
      ["palette", "Control+k", "Do anything"],
      ["find", "Control+f", "Find in this graph"],
      ["shortcuts", "?", "Shortcuts"],
      ["publish", "Control+Shift+P", "Publish"],
    ] as const
  ).map(([name, keys, title]) => ({
    name: `builder, ${name}`,
    path: ({ graph }: World) => `/graphs/${graph}`,
    ready: async (page: Page) => {
      await expect(block(page, "Meet")).toBeVisible();
      await page.keyboard.press(keys);
      await expect(page.getByRole("dialog", { name: title })).toBeVisible();
    },
  })),
  {
    name: "builder, runs",
    path: ({ graph }) => `/graphs/${graph}?view=runs`,
    ready: (page) => expect(page.getByRole("table")).toBeVisible(),
  },
  {
    name: "builder, triggers",
    path: ({ graph }) => `/graphs/${graph}?view=triggers`,
    ready: heading("Schedules"),
  },
  {
    name: "builder, versions",
    path: ({ graph }) => `/graphs/${graph}?view=versions`,
    ready: heading(/From version/),
  },
  { name: "run", path: ({ run }) => `/runs/${run}`, ready: shown("Meet") },
  {
    name: "run, a block",
    path: ({ run }) => `/runs/${run}?node=quick`,
    ready: (page) =>
      expect(page.getByRole("complementary", { name: "Quick way" }).getByRole("tablist")).toBeVisible(),
  },
  { name: "run, events", path: ({ run }) => `/runs/${run}?view=events`, ready: shown("Meet") },
  {
    name: "run, items",
    path: ({ run }) => `/runs/${run}?view=items&item=0.1.each`,
    ready: (page) => expect(page.getByRole("list", { name: "The way of item 1" })).toBeVisible(),
  },
  {
    name: "run, failed",
    path: ({ failed }) => `/runs/${failed}?node=sum`,
    ready: (page) => expect(page.getByRole("tab", { name: "Error" })).toBeVisible(),
  },
  {
    name: "run, waiting",
    path: ({ waiting }) => `/runs/${waiting}?node=ask`,
    ready: (page) =>
      expect(
        page.getByRole("region", { name: "Review" }).getByRole("button", { name: "Approve" }),
      ).toBeVisible(),
  },
  { name: "runs", path: () => "/runs", ready: (page) => expect(page.getByRole("table")).toBeVisible() },
  {
    name: "webhooks",
    path: () => "/triggers?tab=webhooks",
    ready: (page) => expect(page.getByRole("link", { name: /Example/ }).first()).toBeVisible(),
  },
  {
    name: "schedules",
    path: () => "/triggers?tab=schedules",
    ready: (page) => expect(page.getByRole("row").filter({ hasText: "Every morning" }).first()).toBeVisible(),
  },
  {
    name: "new schedule",
    path: () => "/triggers?tab=schedules",
    ready: async (page) => {
      await page.getByRole("button", { name: "New schedule" }).first().click();
      await expect(page.getByRole("dialog", { name: "New schedule" })).toBeVisible();
    },
  },
  { name: "polls", path: () => "/triggers?tab=polls", ready: heading("Triggers") },
  {
    name: "webhook",
    path: ({ webhook }) => `/triggers/example-provider/${webhook}`,
    ready: (page) => expect(page.getByRole("row").filter({ hasText: "example_event" }).first()).toBeVisible(),
  },
  {
    name: "integrations",
    path: () => "/integrations",
    ready: (page) => expect(page.getByRole("button", { name: "Connect Slack" })).toBeVisible(),
  },
  { name: "a provider", path: () => "/integrations?provider=github", ready: heading("GitHub") },
  {
    name: "a provider, its rules",
    path: () => "/integrations?provider=github",
    ready: async (page) => {
      await page.getByRole("button", { name: "Rules of quality" }).click();
      await expect(page.getByRole("region", { name: "Platinum" })).toBeVisible();
    },
  },
  {
    name: "connect",
    path: () => "/integrations",
    ready: async (page) => {
      await page.getByRole("button", { name: "Connect Slack" }).click();
      await expect(page.getByRole("dialog", { name: "Connect Slack" })).toBeVisible();
    },
  },
  { name: "costs", path: () => "/costs", ready: heading("Costs") },
  {
    name: "budgets",
    path: () => "/costs?tab=budgets",
    ready: (page) => expect(page.getByText(/\$20/).first()).toBeVisible(),
  },
  ...["account", "keys", "people", "audit"].map((section) => ({
    name: `settings, ${section}`,
    path: () => `/settings?section=${section}`,
    ready: heading("Settings"),
  })),
];

/** What stands before the login, for a page without a cookie. */
export const OUTSIDE: readonly Scene[] = [
  { name: "login", path: () => "/login", ready: heading("Log in") },
  { name: "setup", path: () => "/setup", ready: heading("Log in instead") },
];
