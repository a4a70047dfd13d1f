// What a person fills in to connect a provider, and what becomes of it: which ways there are, which fields, which request.

import { ApiError } from "@/lib/api/client";
import type { Credential } from "@/lib/api/credentials";
import {
  type ConnectionField,
  type CredentialChange,
  type CredentialKind,
  changeCredential,
  makeCredential,
  type NewCredential,
  type Provider,
  saveConnection,
  tryConnection,
  type Values,
} from "@/lib/api/integrations";

/** A kind that is filled in; logins are made at the provider. */
export type SecretKind = Exclude<CredentialKind, "oauth2">;

/** A header, or a field of the person's own. */
export type Pair = { id: number; name: string; value: string };

export type Draft = {
  values: Values;
  host: string;
  pairs: readonly Pair[];
  title: string;
  /** The last day on which it works, as 2026-12-31; empty: it does not run out. */
  lastDay: string;
};

export const EMPTY_DRAFT: Draft = {
  values: {},
  host: "",
  pairs: [{ id: 0, name: "", value: "" }],
  title: "",
  lastDay: "",
};

const ANY_KIND: readonly CredentialKind[] = ["host_scoped", "api_key", "user_password", "custom"];

/** The kinds by which a provider can be connected here; those that work come first.
 *
 * `wanted` empty: whatever there is. A given credential is only replaced by its own kind.
 */
export function waysTo(
  provider: Provider,
  wanted: readonly string[],
  credential?: Credential,
): CredentialKind[] {
  const declared: readonly CredentialKind[] = provider.kinds.length > 0 ? provider.kinds.filter(isKind) : [];
  const withLogin = provider.login ? [...new Set<CredentialKind>([...declared, "oauth2"])] : declared;
  const all = withLogin.length > 0 ? withLogin : ANY_KIND;
  const ways = all.filter((kind) =>
    credential ? kind === credential.kind : wanted.length === 0 || wanted.includes(kind),
  );
  const canLogIn = provider.login?.is_set_up ?? false;
  return [...ways].sort((one, other) => rank(one, canLogIn) - rank(other, canLogIn));
}

function rank(kind: CredentialKind, canLogIn: boolean): number {
  if (kind !== "oauth2") return 1;
  return canLogIn ? 0 : 2;
}

function isKind(text: string): text is CredentialKind {
  return (["api_key", "oauth2", "user_password", "host_scoped", "custom"] as const).some((k) => k === text);
}

/** The lines of the form: the provider's own, where it declares some for this kind. */
export function fieldsOf(provider: Provider, kind: SecretKind): readonly ConnectionField[] {
  if (hasOwnForm(provider, kind)) return provider.fields;
  return PLAIN_FIELDS[kind];
}

/** Whether the provider's own form makes this kind, so that what is filled in can be tested before it is stored. */
export function hasOwnForm(provider: Provider, kind: SecretKind): boolean {
  const formKind = provider.kinds.find((one) => one !== "oauth2");
  return formKind === kind && provider.fields.length > 0;
}

function plain(key: string, label: string, type: ConnectionField["type"]): ConnectionField {
  return { key, label, type, placeholder: "", is_required: true, help: "" };
}

const PLAIN_FIELDS: Record<SecretKind, readonly ConnectionField[]> = {
  api_key: [plain("api_key", "API key", "password")],
  user_password: [plain("username", "User name", "text"), plain("password", "Password", "password")],
  host_scoped: [],
  custom: [],
};

type Saving = {
  provider: Provider;
  kind: SecretKind;
  draft: Draft;
  /** Put the secret in the place of this one's. */
  credential?: Credential | undefined;
  /** Whether the person has stored nothing for this provider yet: then the provider's card stores it. */
  isFirst: boolean;
};

export type Saved = {
  credentialId: string /** It was stored, and its service refuses it. */;
  problem: string;
};

/** Tests what was filled in, where it can be tested, and stores it.
 *
 * @throws ApiError the service says no, in its own words, or a field is wrong; nothing is stored.
 */
export async function save({ provider, kind, draft, credential, isFirst }: Saving): Promise<Saved> {
  const isTestable = hasOwnForm(provider, kind);
  if (isTestable && isFirst && !credential && !draft.lastDay) {
    const saved = await saveConnection(provider.provider, draft.values, draft.title);
    return { credentialId: saved.credential_id, problem: "" };
  }
  if (isTestable) await mustWork(provider.provider, draft.values);
  if (credential) {
    const changed = await changeCredential(credential.id, changeOf(kind, draft));
    return { credentialId: changed.id, problem: isTestable ? "" : changed.problem };
  }
  const made = await makeCredential(bodyOf(provider.provider, kind, draft));
  return { credentialId: made.id, problem: made.problem };
}

async function mustWork(provider: string, values: Values): Promise<void> {
  const tried = await tryConnection(provider, values);
  if (!tried.is_ok) throw new ApiError(422, tried.code, tried.reason);
}

export function bodyOf(provider: string, kind: SecretKind, draft: Draft): NewCredential {
  const { title } = draft;
  switch (kind) {
    case "api_key":
      return { provider, kind, title, api_key: text(draft, "api_key"), expires_at: endOf(draft.lastDay) };
    case "user_password":
      return { provider, kind, title, ...login(draft) };
    case "host_scoped":
      return { provider, kind, title, host: draft.host.trim(), headers: asRecord(draft.pairs) };
    case "custom":
      return { provider, kind, title, values: asRecord(draft.pairs) };
  }
}

export function changeOf(kind: SecretKind, draft: Draft): CredentialChange {
  switch (kind) {
    case "api_key":
      return { api_key: text(draft, "api_key"), expires_at: endOf(draft.lastDay) };
    case "user_password":
      return login(draft);
    case "host_scoped":
      return { host: draft.host.trim(), headers: asRecord(draft.pairs) };
    case "custom":
      return { values: asRecord(draft.pairs) };
  }
}

/** User name and password, and what else the provider's form asks for, such as a server's name. */
function login(draft: Draft) {
  const { username: _, password: __, ...rest } = draft.values;
  const keys = Object.keys(rest).filter((key) => rest[key] !== "");
  const details = Object.fromEntries(keys.map((key) => [key, String(rest[key]).trim()]));
  return { username: text(draft, "username"), password: text(draft, "password"), details };
}

function text(draft: Draft, key: string): string {
  const value = draft.values[key];
  return typeof value === "string" ? value.trim() : "";
}

/** The last second of a day of the person's calendar, as the server takes it. */
function endOf(lastDay: string): string | null {
  return lastDay ? new Date(`${lastDay}T23:59:59`).toISOString() : null;
}

function asRecord(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(
    pairs.filter((pair) => pair.name.trim()).map((pair) => [pair.name.trim(), pair.value]),
  );
}

/** What is still missing, by field; the server is not asked for what is plainly empty. */
export function missing(fields: readonly ConnectionField[], kind: SecretKind, draft: Draft): Errors {
  const errors: Errors = {};
  for (const field of fields) {
    if (field.is_required && field.type !== "checkbox" && !text(draft, field.key)) {
      errors[field.key] = `${field.label} is required.`;
    }
  }
  if (fields.length > 0) return errors;
  if (kind === "host_scoped" && !draft.host.trim()) errors.host = "Host is required.";
  if (Object.keys(asRecord(draft.pairs)).length === 0) errors.pairs = "At least one is required.";
  return errors;
}

/** What is wrong, by the key of the field; `pairs`: headers and own fields. */
export type Errors = Record<string, string>;

/** What the server says of single fields; empty: it is about the whole. */
export function fieldErrors(error: unknown): Errors {
  const errors: Errors = {};
  if (!(error instanceof ApiError)) return errors;
  for (const problem of error.problem?.errors ?? []) {
    const [, key] = (problem.path ?? "").split(".");
    if (!key) continue;
    const said = problem.cure ? `${problem.message} ${problem.cure}` : problem.message;
    errors[key === "headers" || key === "values" ? "pairs" : key] ??= said;
  }
  return errors;
}
