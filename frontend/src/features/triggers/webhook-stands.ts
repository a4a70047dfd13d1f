// How a webhook stands, in one word, and what is wrong with it.

import type { StateName } from "@/components/ui/state";
import type { Webhook, WebhookSupport } from "@/lib/api/webhooks";

type Stands = { state: StateName; word: string };

export function standsOf(webhook: Webhook): Stands {
  if (webhook.state === "removing") return { state: "stopped", word: "Being removed" };
  if (webhook.state === "failed") return { state: "failed", word: "Not set up" };
  if (webhook.state === "pending") return { state: "waiting", word: "Being set up" };
  if (!webhook.has_secret) return { state: "waiting", word: "Waits for its secret" };
  if (webhook.problem) return { state: "failed", word: "No events" };
  const isHeard = webhook.triggers.some((listener) => listener.is_live);
  return isHeard ? { state: "ok", word: "Listening" } : { state: "idle", word: "Nobody listens" };
}

/** Why no events come, and what to do here; empty: nothing is wrong. */
export function problemOf(webhook: Webhook, label: string, support: WebhookSupport | undefined): string {
  const { has_secret, state, problem } = webhook;
  if (has_secret || webhook.is_automatic || state !== "active") return problem;
  if (support?.secret_from === "introduction")
    return `${label} has not sent its first request yet, which brings the secret. Set up the address there.`;
  return `The secret that ${label} made is missing, so its events are refused. Enter it.`;
}

/** Whether it waits for a person to enter the secret. */
export function needsSecret(webhook: Webhook, support: WebhookSupport | undefined): boolean {
  return !webhook.has_secret && takesSecret(webhook, support);
}

/** Whether a person enters the secret, which the provider has made. */
export function takesSecret(webhook: Webhook, support: WebhookSupport | undefined): boolean {
  return !webhook.is_automatic && support?.secret_from === "provider";
}

export function titleOf(webhook: Webhook, label: string): string {
  return webhook.title || webhook.resource || `${label} webhook`;
}
