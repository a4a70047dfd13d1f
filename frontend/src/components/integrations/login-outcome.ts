// What came of a login in another window. The provider's page and ours share nothing (cross-origin-opener-policy cuts the
// windows apart, `closed` says nothing), so it is read from the person's credentials, and from the word that the window
// sends when it is back.

import type { Credential } from "@/lib/api/credentials";

/** What a login is for; without `credentialId` for a new credential. */
export type LoginAim = { provider: string; credentialId?: string | undefined };

export type LoginOutcome =
  | { is: "waiting" }
  | { is: "connected"; credentialId: string }
  /** The window is back, and there is no new login: its page said why. */
  | { is: "refused" };

/** `before` and `after` are the person's credentials when the login began, and now. */
export function loginOutcome(
  aim: LoginAim,
  before: readonly Credential[],
  after: readonly Credential[],
  isBack: boolean,
): LoginOutcome {
  const known = new Map(before.map((credential) => [credential.id, credential]));
  const found = after.find(
    (credential) =>
      credential.provider === aim.provider &&
      credential.kind === "oauth2" &&
      (aim.credentialId === undefined
        ? !known.has(credential.id)
        : credential.id === aim.credentialId && isRenewed(known.get(credential.id), credential)),
  );
  if (found) return { is: "connected", credentialId: found.id };
  return isBack ? { is: "refused" } : { is: "waiting" };
}

/** Nothing says outright that a login was renewed; its test, its end or its state change with it. */
function isRenewed(old: Credential | undefined, now: Credential): boolean {
  if (old === undefined || now.state !== "ok") return false;
  return (
    old.state !== "ok" ||
    old.tested_at !== now.tested_at ||
    old.expires_at !== now.expires_at ||
    old.scopes.join(" ") !== now.scopes.join(" ")
  );
}

const CHANNEL = "blockyard.login";
const PARAMETER = "login";

/** Where the window of a login ends: a page of ours that sends the word and closes itself. */
export function loginReturn(provider: string): string {
  return `/integrations?${new URLSearchParams({ provider, [PARAMETER]: "back" })}`;
}

/** Whether these search parameters are those of `loginReturn`. */
export function isLoginReturn(search: Record<string, unknown>): boolean {
  return search[PARAMETER] === "back";
}

/** Tells all other windows that the login at this provider is back. */
export function sendBack(provider: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage({ provider });
  channel.close();
}

/** Calls when a login at this provider is back. Returns how to stop that. */
export function hearBack(provider: string, listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event: MessageEvent<unknown>) => {
    if (isOf(provider, event.data)) listener();
  };
  return () => channel.close();
}

export function isOf(provider: string, message: unknown): boolean {
  return (
    typeof message === "object" && message !== null && "provider" in message && message.provider === provider
  );
}
