// Connecting: testing, storing, changing and deleting credentials, and logins at providers.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

type Schemas = components["schemas"];

export type Provider = Schemas["ProviderView"];
export type ConnectionField = Schemas["ConnectionField"];
export type CredentialDetails = Schemas["CredentialDetails"];
export type CredentialTested = Schemas["CredentialTested"];
export type CredentialHealth = Schemas["CredentialHealth"];
export type CredentialKind = Schemas["CredentialView"]["kind"];
export type NewCredential =
  | Schemas["NewApiKeyCredential"]
  | Schemas["NewUserPasswordCredential"]
  | Schemas["NewHostScopedCredential"]
  | Schemas["NewCustomCredential"];
export type CredentialChange = Schemas["CredentialChange"];
/** What a person filled in, by the key of the field. */
export type Values = Record<string, string | boolean>;

/** What may be shown of one credential, and what uses it. */
export const credentialQuery = (id: string) =>
  query<CredentialDetails>([...keys.credentials, "one", id], ({ signal }) =>
    unwrap(api.GET("/api/credentials/{credential_id}", { params: { path: { credential_id: id } }, signal })),
  );

/** The picture of a credential's account, through our server. */
export function avatarHref(id: string): string {
  return `/api/credentials/${encodeURIComponent(id)}/avatar`;
}

/** Asks the service whether what was filled in works; nothing is stored. */
export function tryConnection(provider: string, fields: Values) {
  return unwrap(
    api.POST("/api/connections/{provider}/test", { params: { path: { provider } }, body: { fields } }),
  );
}

/** Tests and stores the one credential of a provider's card.
 *
 * @throws ApiError 422 with the provider's own words: it says no, and nothing is stored.
 */
export function saveConnection(provider: string, fields: Values, title: string) {
  return unwrap(
    api.PUT("/api/connections/{provider}", { params: { path: { provider } }, body: { fields, title } }),
  );
}

/** Stores a secret, also when its service refuses it: `problem` says so then. */
export function makeCredential(body: NewCredential) {
  return unwrap(api.POST("/api/credentials", { body }));
}

export function changeCredential(id: string, body: CredentialChange) {
  return unwrap(
    api.PATCH("/api/credentials/{credential_id}", { params: { path: { credential_id: id } }, body }),
  );
}

export function testCredential(id: string) {
  return unwrap(
    api.POST("/api/credentials/{credential_id}/test", { params: { path: { credential_id: id } } }),
  );
}

/** @throws ApiError 409 with each graph and webhook that uses it, unless `isConfirmed`. */
export function deleteCredential(id: string, isConfirmed: boolean) {
  return unwrap(
    api.DELETE("/api/credentials/{credential_id}", {
      params: { path: { credential_id: id }, query: { confirm: isConfirmed } },
    }),
  );
}

type Login = {
  scopes?: readonly string[];
  title?: string;
  /** Connect this one again; else a new one is made. */
  credentialId?: string | undefined;
  returnTo: string;
};

/** Where to send the browser to log in at a provider, within ten minutes. */
export async function beginLogin(provider: string, login: Login): Promise<string> {
  const { url } = await unwrap(
    api.POST("/api/oauth/{provider}/login", {
      params: { path: { provider } },
      body: {
        scopes: [...(login.scopes ?? [])],
        title: login.title ?? "",
        credential_id: login.credentialId ?? null,
        return_to: login.returnTo,
      },
    }),
  );
  return url;
}
