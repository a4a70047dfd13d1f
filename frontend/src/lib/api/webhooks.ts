// Where providers send their events, and what they brought.

import { api, unwrap } from "@/lib/api/client";
import { send } from "@/lib/api/graphs-send";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

type Schemas = components["schemas"];
export type Webhook = Schemas["WebhookView"];
export type OneWebhook = Schemas["OneWebhook"];
export type NewWebhook = Schemas["NewWebhook"];
export type WebhookSupport = Schemas["WebhookSupport"];
export type Listener = Schemas["ListeningNode"];
export type Delivery = Schemas["DeliveryRow"];
export type DeliveryDetails = Schemas["DeliveryView"];
export type DeliveryPage = Schemas["Page_DeliveryRow_"];
export type RotatedSecret = Schemas["RotatedSecret"];
export type Replayed = Schemas["Replayed"];
export type PingResult = Schemas["PingResult"];
export type TestEvent = Schemas["TestEvent"];

type Place = { provider: string; webhookId: string };

/** Those of all the providers, newest first. */
export function webhooksQuery(providers: readonly string[]) {
  return query([...keys.webhooks, "of", ...providers], async ({ signal }) => {
    const lists = await Promise.all(providers.map((provider) => webhooksOf(provider, signal)));
    return lists.flat().sort((one, other) => other.created_at.localeCompare(one.created_at));
  });
}

function webhooksOf(provider: string, signal: AbortSignal): Promise<Webhook[]> {
  return allPages((cursor) =>
    unwrap(
      api.GET("/api/integrations/{provider}/webhooks", {
        params: { path: { provider }, query: { limit: 200, ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );
}

export function webhookQuery({ provider, webhookId }: Place) {
  return query([...keys.webhooks, "one", webhookId], ({ signal }) =>
    unwrap(
      api.GET("/api/integrations/{provider}/webhooks/{webhook_id}", {
        params: at(provider, webhookId),
        signal,
      }),
    ),
  );
}

/** Shows its secret, if there is one to be carried to the provider, this once. */
export function makeWebhook(provider: string, body: Schemas["WebhookRequest"]): Promise<NewWebhook> {
  return unwrap(api.POST("/api/integrations/{provider}/webhooks", { params: { path: { provider } }, body }));
}

/** What is not named stays; whether one is kept cannot be said of automatic ones. */
export function changeWebhook(
  { provider, webhookId }: Place,
  change: Partial<Schemas["WebhookChange"]>,
): Promise<Webhook> {
  const address = `/api/integrations/${encodeURIComponent(provider)}/webhooks/${encodeURIComponent(webhookId)}`;
  return send<Webhook>(address, { method: "PATCH", text: JSON.stringify(change) });
}

export async function deleteWebhook({ provider, webhookId }: Place): Promise<void> {
  await unwrap(
    api.DELETE("/api/integrations/{provider}/webhooks/{webhook_id}", { params: at(provider, webhookId) }),
  );
}

export function rotateSecret(
  { provider, webhookId }: Place,
  body: Schemas["SecretRotation"],
): Promise<RotatedSecret> {
  return unwrap(
    api.POST("/api/integrations/{provider}/webhooks/{webhook_id}/rotate-secret", {
      params: at(provider, webhookId),
      body,
    }),
  );
}

export function pingWebhook({ provider, webhookId }: Place): Promise<PingResult> {
  return unwrap(
    api.POST("/api/integrations/{provider}/webhooks/{webhook_id}/ping", { params: at(provider, webhookId) }),
  );
}

export const DELIVERIES_A_PAGE = 50;

/** Deliveries older than the cursor, newest first. */
export function deliveriesPage(
  { provider, webhookId }: Place,
  cursor: string | null,
  signal: AbortSignal,
): Promise<DeliveryPage> {
  return unwrap(
    api.GET("/api/integrations/{provider}/webhooks/{webhook_id}/deliveries", {
      params: {
        ...at(provider, webhookId),
        query: { limit: DELIVERIES_A_PAGE, ...(cursor ? { cursor } : {}) },
      },
      signal,
    }),
  );
}

export function deliveryQuery(place: Place, deliveryId: string) {
  return query([...keys.deliveries(place.webhookId), "one", deliveryId], ({ signal }) =>
    unwrap(
      api.GET("/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}", {
        params: delivered(place, deliveryId),
        signal,
      }),
    ),
  );
}

export function replayDelivery(place: Place, deliveryId: string): Promise<Replayed> {
  return unwrap(
    api.POST("/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", {
      params: delivered(place, deliveryId),
    }),
  );
}

/** Waits up to five minutes for an event at the test address, which starts the draft; null: none came. */
export async function listenForTest(
  graphId: string,
  nodeId: string,
  signal: AbortSignal,
): Promise<TestEvent | null> {
  const event = await unwrap(
    api.POST("/api/graphs/{graph_id}/triggers/{node_id}/listen", {
      params: { path: { graph_id: graphId, node_id: nodeId } },
      signal,
    }),
  );
  return event ?? null;
}

function at(provider: string, webhookId: string) {
  return { path: { provider, webhook_id: webhookId } };
}

function delivered({ provider, webhookId }: Place, deliveryId: string) {
  return { path: { provider, webhook_id: webhookId, delivery_id: deliveryId } };
}
