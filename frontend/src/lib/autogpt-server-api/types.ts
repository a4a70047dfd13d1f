// What the server and the browser say to each other: provider keys, graphs, runs and their events.
// The shapes come from the contract of the HTTP interface: `make gen` writes schema.d.ts from docs/openapi.json.

import type { components, operations, paths } from "./schema";

export type { operations, paths };

type Schemas = components["schemas"];

// Written by `make gen` from ProviderName.
export const PROVIDER_NAMES = {
  AIRTABLE: "airtable",
  DISCORD: "discord",
  EMAIL: "email",
  EXAMPLE_PROVIDER: "example-provider",
  GENERIC_WEBHOOK: "generic-webhook",
  GITHUB: "github",
  GOOGLE: "google",
  HTTP: "http",
  LINEAR: "linear",
  NOTION: "notion",
  SLACK: "slack",
  STANDARD_WEBHOOKS: "standard-webhooks",
  STRIPE: "stripe",
  TELEGRAM: "telegram",
} as const;

export type ProviderName = (typeof PROVIDER_NAMES)[keyof typeof PROVIDER_NAMES];

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

export type Graph = Schemas["Graph"];
export type Node = Schemas["Node"];
export type NodeMetadata = Schemas["NodeMetadata"];
export type NodePolicy = Schemas["NodePolicy"];
export type RetryPolicy = Schemas["RetryPolicy"];
export type Position = Schemas["Position"];
export type Link = Schemas["Link"];
export type Block = Schemas["BlockView"];
export type Pin = Schemas["PinView"];
export type ProblemDetails = Schemas["ProblemDetails"];
export type Problem = Schemas["ProblemView"];

export type RunStatus = Schemas["RunStatus"];
export type RunEvent = Schemas["RunEvent"];
export type RunError = Schemas["RunError"];
export type RunRow = Schemas["RunRow"];
export type RunDetails = Schemas["RunDetails"];
export type RunResult = Schemas["RunResult"];
export type RunRequest = Schemas["RunRequest"];
/** Values that reached a pin and were never used. */
export type Leftover = Schemas["Leftover"];
export type Review = Schemas["ReviewView"];

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "completed",
  "completed_with_errors",
  "failed",
  "cancelled",
] as const satisfies readonly RunStatus[];

/** `progress` and `log` are for watchers only and have no number. */
export const EVENT_KINDS = [
  "state",
  "started",
  "yielded",
  "step",
  "finished",
  "failed",
  "retried",
  "waiting",
  "resumed",
  "charged",
  "progress",
  "log",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** A credential as a block's input field refers to it; the secret never leaves the server. */
export type CredentialsReference = {
  id: string;
  provider: ProviderName;
  type: "api_key" | "oauth2" | "user_password" | "host_scoped" | "custom";
  title: string;
};
