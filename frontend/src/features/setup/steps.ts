// The steps of the first run as blocks of a graph: which there are, how far each is, where one goes on.

import type { StateName } from "@/components/ui/state";
import type { Connection } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";
import type { Wizard } from "@/lib/api/setup";
import type { Block } from "@/lib/autogpt-server-api/types";

export const STEPS = ["owner", "model", "integrations", "graph"] as const;
export type StepKey = (typeof STEPS)[number];

export type Progress = Record<StepKey, boolean>;

/** `models`: the cards of providers whose blocks call models. */
export function progress(
  wizard: Wizard,
  models: readonly Connection[],
  others: readonly Connection[],
): Progress {
  const isDone = (key: string) => wizard.steps.some((step) => step.key === key && step.is_done);
  return {
    owner: isDone("owner"),
    model: models.some(isUsable),
    integrations: others.some(isUsable),
    graph: isDone("graph"),
  };
}

/** Whether blocks of the provider can run now, with the person's connection or the installation's. */
export function isUsable(connection: Connection): boolean {
  return connection.is_connected || connection.has_platform_credential;
}

/** The step in the address; else the first that is not done; when all are, the last. */
export function chosenStep(asked: string | undefined, done: Progress): StepKey {
  return STEPS.find((step) => step === asked) ?? STEPS.find((step) => !done[step]) ?? "graph";
}

export type StepLook = { state: StateName; word: string };

/** What the block of a step says; the steps before the open one that are not done were passed over. */
export function stepLook(step: StepKey, open: StepKey, done: Progress): StepLook {
  if (step === open) return { state: "running", word: "You are here" };
  if (done[step]) return { state: "ok", word: "Completed" };
  return STEPS.indexOf(step) < STEPS.indexOf(open)
    ? { state: "skipped", word: "Skipped for now" }
    : { state: "queued", word: "Next" };
}

/** The cards of providers that have a block that calls a model, and all others. */
export function splitModels(
  connections: readonly Connection[],
  providers: readonly Pick<Provider, "provider" | "blocks">[],
  catalogue: ReadonlyMap<string, Pick<Block, "categories">>,
): { models: Connection[]; others: Connection[] } {
  const callsModel = new Set(
    providers
      .filter(({ blocks }) => blocks.some(({ id }) => catalogue.get(id)?.categories.includes("ai")))
      .map(({ provider }) => provider),
  );
  return {
    models: connections.filter(({ provider }) => callsModel.has(provider)),
    others: connections.filter(({ provider }) => !callsModel.has(provider)),
  };
}

const TIERS = ["free", "paid", "premium"] as const;
export type Tier = (typeof TIERS)[number];

/** The cards by tier, connected ones first in each; tiers without any are left out. */
export function byTier(connections: readonly Connection[]): { tier: Tier; cards: Connection[] }[] {
  return TIERS.map((tier) => ({
    tier,
    cards: connections
      .filter((connection) => connection.tier === tier)
      .sort((a, b) => Number(isUsable(b)) - Number(isUsable(a)) || a.label.localeCompare(b.label)),
  })).filter(({ cards }) => cards.length > 0);
}
