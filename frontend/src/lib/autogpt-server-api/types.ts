// What the server and the browser say to each other: provider keys, graphs, runs and their events.
// Twins of backend/integrations/providers.py and backend/data/{graph,run}.py.

// Written by `make gen` from ProviderName.
export const PROVIDER_NAMES = {
  HTTP: "http",
} as const;

export type ProviderName = (typeof PROVIDER_NAMES)[keyof typeof PROVIDER_NAMES];

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

export type Position = { x: number; y: number };

export type NodeMetadata = {
  position: Position;
  customized_name: string | null;
  [extra: string]: JsonValue;
};

export type RetryPolicy = {
  times: number;
  backoff_s: number;
  max_backoff_s: number;
  /** Error codes that are tried again; empty: every kind. */
  kinds: string[];
};

export type NodePolicy = {
  retry: RetryPolicy;
  timeout_s: number | null;
  on_error: "stop" | "continue";
  /** null: as the block says. */
  order: "source" | "arrival" | null;
  /** Firings side by side. */
  parallel: number;
};

export type Node = {
  id: string;
  block_id: string;
  input_default: JsonObject;
  metadata: NodeMetadata;
  policy: NodePolicy;
  disabled: boolean;
  /** Outputs used instead of running, by pin; null: the node runs. */
  pinned: Record<string, JsonValue[]> | null;
};

export type Link = {
  id: string;
  source_id: string;
  source_name: string;
  sink_id: string;
  sink_name: string;
  is_static: boolean;
};

export type Graph = {
  id: string;
  version: number;
  name: string;
  description: string;
  nodes: Node[];
  links: Link[];
  sub_graphs: Graph[];
};

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "completed",
  "completed_with_errors",
  "failed",
  "cancelled",
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];

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

/** One event of a run; `seq` counts from 1 in its run. */
export type RunEvent = {
  run_id: string;
  seq: number | null;
  at: string;
  node_id: string | null;
  firing: number | null;
  kind: EventKind;
  data: JsonObject;
};

export type RunError = {
  node_id: string | null;
  node_name: string | null;
  firing: number | null;
  item: number[];
  code: string;
  message: string;
};

/** Values that reached a pin and were never used. */
export type Leftover = { node_id: string; pin: string; count: number };

export type RunSummary = {
  outputs: Record<string, JsonValue[]>;
  errors: RunError[];
  leftovers: Leftover[];
  never_fired: string[];
  firings: number;
};

export type Run = {
  id: string;
  graph_id: string;
  graph_version: number;
  status: RunStatus;
  inputs: JsonObject;
  parent_run_id: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** When a waiting run goes on; null: it waits for a person, or does not wait. */
  wake_at: string | null;
  cost_usd_micros: number;
  /** null until the run has ended. */
  summary: RunSummary | null;
};

/** A credential as a block's input field refers to it; the secret never leaves the server. */
export type CredentialsReference = {
  id: string;
  provider: ProviderName;
  type: "api_key" | "oauth2" | "user_password" | "host_scoped" | "custom";
  title: string;
};
