// Which of a person's credentials a block can use, and how each of them stands.

import type { StateName } from "@/components/ui/state";
import type { Credential } from "@/lib/api/credentials";
import type { CredentialKind } from "@/lib/api/integrations";
import { ago } from "@/lib/format";

/** What a block's field asks for. Empty lists ask for nothing: any provider, any kind, no scopes. */
export type CredentialNeed = {
  providers: readonly string[];
  kinds: readonly string[];
  scopes: readonly string[];
};

/** Those that fit, the best first: working ones, with all scopes, one's own, the newest. */
export function fitting(credentials: readonly Credential[], need: CredentialNeed): Credential[] {
  return credentials
    .filter((credential) => fits(credential, need))
    .sort(
      (one, other) =>
        Number(isBroken(one)) - Number(isBroken(other)) ||
        lackingScopes(one, need.scopes).length - lackingScopes(other, need.scopes).length ||
        Number(one.is_platform) - Number(other.is_platform) ||
        (other.created_at ?? "").localeCompare(one.created_at ?? ""),
    );
}

function fits(credential: Credential, need: CredentialNeed): boolean {
  const isOfProvider = need.providers.length === 0 || need.providers.includes(credential.provider);
  const isOfKind = need.kinds.length === 0 || need.kinds.includes(credential.kind);
  return isOfProvider && isOfKind;
}

/** What the block needs and the login was not asked for. Keys and passwords do not tell what they may do. */
export function lackingScopes(credential: Credential, scopes: readonly string[]): string[] {
  if (credential.kind !== "oauth2") return [];
  return scopes.filter((scope) => !credential.scopes.includes(scope));
}

/** Whether it is known not to work. */
export function isBroken(credential: Credential): boolean {
  return credential.state !== "ok" || credential.problem !== "";
}

const SOON_MS = 7 * 86_400_000;

export function isEndingSoon(credential: Credential, nowMs: number): boolean {
  return credential.expires_at !== null && Date.parse(credential.expires_at) - nowMs < SOON_MS;
}

/** How it stands, as icon and word; `canTest` false: nobody can be asked whether it works. */
export function standing(
  credential: Credential,
  nowMs: number,
  canTest = true,
): { state: StateName; word: string } {
  if (credential.state === "expired") return { state: "failed", word: "Ran out" };
  if (credential.state === "reconnect") return { state: "failed", word: "Reconnect" };
  if (credential.problem) return { state: "failed", word: "Does not work" };
  if (credential.expires_at !== null && isEndingSoon(credential, nowMs)) {
    return { state: "waiting", word: `Runs out ${ago(credential.expires_at, nowMs)}` };
  }
  if (credential.is_platform) return { state: "ok", word: "Provided" };
  if (credential.tested_at) return { state: "ok", word: "Works" };
  return { state: "idle", word: canTest ? "Not tested yet" : "Stored" };
}

/** What one does when it no longer works, or soon will not. */
export function mendWord(kind: CredentialKind): string {
  if (kind === "oauth2") return "Log in again";
  return kind === "api_key" ? "Replace key" : "Replace secret";
}

const KIND_WORDS: Record<CredentialKind, string> = {
  api_key: "API key",
  oauth2: "Login",
  user_password: "User name and password",
  host_scoped: "Headers for a host",
  custom: "Own fields",
};

export function kindWord(kind: CredentialKind): string {
  return KIND_WORDS[kind];
}

/** Whose account it is, as well as it is known; empty: nobody told. */
export function accountName(credential: Pick<Credential, "account" | "username" | "host">): string {
  const { account } = credential;
  const who = account?.email || account?.name || credential.username || credential.host || "";
  const where = account?.organization ?? "";
  return who && where && who !== where ? `${who} · ${where}` : who || where;
}
