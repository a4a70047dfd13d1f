// A provider that sends a signed event by real HTTP, as `curl` would.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./server";
import { type Api, expect } from "./test";

export type LiveWebhook = { graphId: string; webhookId: string; url: string; secret: string };

type Triggers = { triggers: { url: string; secret: string; webhook_id: string }[] };

/** The graph of examples/webhook.json, published: it listens. */
export async function publishedWebhook(api: Api): Promise<LiveWebhook> {
  const graph: unknown = JSON.parse(readFileSync(join(ROOT, "examples/webhook.json"), "utf8"));
  const graphId = await api.makeGraph(graph);
  const { triggers } = await api.send<Triggers>("POST", `graphs/${graphId}/publish`);
  const [trigger] = triggers;
  if (!trigger) throw new Error("The graph has no trigger.");
  return { graphId, webhookId: trigger.webhook_id, url: trigger.url, secret: trigger.secret };
}

/** An event of the provider; the runs that it started. */
export async function deliver({ url, secret }: LiveWebhook, event: unknown): Promise<string[]> {
  const body = JSON.stringify(event);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "X-Webhook-Signature": `sha256=${signature}` },
  });
  expect(answer.status).toBe(202);
  const { run_ids } = (await answer.json()) as { run_ids: string[] };
  return run_ids;
}
