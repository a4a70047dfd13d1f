// The integrations page in its parts: what wants the person, what is connected, what else there is.

import { isBroken, isEndingSoon } from "@/components/integrations/credential-choice";
import type { Credential } from "@/lib/api/credentials";
import type { CredentialHealth, Provider } from "@/lib/api/integrations";

/** A credential that wants attention, with what is the matter. */
export type Concern = { provider: Provider; health: CredentialHealth };

/** A provider with at least one credential that nothing is the matter with, the newest of one's own first. */
export type Connected = { provider: Provider; credentials: Credential[] };

export type Overview = {
  concerns: Concern[];
  connected: Connected[];
  /** To be connected, by tier and name. */
  more: Provider[];
  /** What works without a connection. */
  open: Provider[];
};

const TIERS: readonly Provider["tier"][] = ["free", "paid", "premium"];

export function overview(
  providers: readonly Provider[],
  credentials: readonly Credential[],
  health: readonly CredentialHealth[],
  search: string,
): Overview {
  const found = providers.filter((provider) => matches(provider, search));
  const concernIds = new Set(health.map((one) => one.credential.id));
  const own = new Map(
    found.map((provider) => [
      provider.provider,
      credentials.filter((one) => one.provider === provider.provider),
    ]),
  );
  const having = (provider: Provider) => own.get(provider.provider) ?? [];
  const fine = (provider: Provider) =>
    having(provider)
      .filter((one) => !concernIds.has(one.id))
      .sort(ownFirst);
  const unconnected = found.filter((provider) => having(provider).length === 0);
  return {
    concerns: health.flatMap((one) => {
      const provider = found.find((candidate) => candidate.provider === one.credential.provider);
      return provider ? [{ provider, health: one }] : [];
    }),
    connected: found.flatMap((provider) => {
      const good = fine(provider);
      return good.length > 0 ? [{ provider, credentials: good }] : [];
    }),
    more: unconnected.filter(isConnectable).sort(byTier),
    open: unconnected.filter((provider) => !isConnectable(provider)),
  };
}

/** Whether there is anything to connect: a form or a login. */
export function isConnectable(provider: Provider): boolean {
  return provider.kinds.length > 0 || provider.login !== null;
}

/** Whether anybody can be asked if it works. */
export function isTestable(provider: Provider | undefined, credential: Credential): boolean {
  return credential.kind === "oauth2" || (provider?.has_test ?? false);
}

function matches(provider: Provider, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const blocks = provider.blocks.map((block) => block.title).join(" ");
  const text = `${provider.label} ${provider.provider} ${provider.description} ${blocks}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function ownFirst(one: Credential, other: Credential): number {
  return (
    Number(one.is_platform) - Number(other.is_platform) ||
    (other.created_at ?? "").localeCompare(one.created_at ?? "")
  );
}

function byTier(one: Provider, other: Provider): number {
  return TIERS.indexOf(one.tier) - TIERS.indexOf(other.tier) || one.label.localeCompare(other.label);
}

export type Tally = { works: number; endsSoon: number; broken: number; untested: number };

/** How all of a person's credentials stand; those of which nobody can know are not counted. */
export function tally(
  providers: readonly Provider[],
  credentials: readonly Credential[],
  nowMs: number,
): Tally {
  const byName = new Map(providers.map((provider) => [provider.provider, provider]));
  const count: Tally = { works: 0, endsSoon: 0, broken: 0, untested: 0 };
  for (const credential of credentials) {
    if (isBroken(credential)) count.broken += 1;
    else if (isEndingSoon(credential, nowMs)) count.endsSoon += 1;
    else if (credential.tested_at || credential.is_platform) count.works += 1;
    else if (isTestable(byName.get(credential.provider), credential)) count.untested += 1;
  }
  return count;
}
