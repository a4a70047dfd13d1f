// Which connections a block can take, and which one this graph uses already.

import type { components } from "@/lib/autogpt-server-api/schema";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { isRecord } from "@/lib/values";

type CredentialsField = components["schemas"]["CredentialsFieldView"];

/** The providers that fit what is set: another input can decide it. Empty: any. */
export function neededProviders(
  field: CredentialsField,
  constants: Record<string, unknown>,
): readonly string[] {
  const { discriminator, discriminator_mapping: mapping } = field;
  if (!discriminator || !mapping) return field.providers;
  const decided = mapping[String(constants[discriminator] ?? "")];
  return decided ? [decided] : field.providers;
}

/** The id of the connection of a fitting provider that most other blocks use, if it is there; null: none does. */
export function usedElsewhere(
  graph: Graph,
  nodeId: string,
  providers: readonly string[],
  known: readonly { id: string }[],
): string | null {
  const ids = new Set(known.map(({ id }) => id));
  const uses = new Map<string, number>();
  for (const node of graph.nodes) {
    if (node.id === nodeId) continue;
    for (const [name, value] of Object.entries(node.input_default ?? {})) {
      if (name !== "credentials" && !name.endsWith("_credentials")) continue;
      if (!isRecord(value) || typeof value.id !== "string" || !ids.has(value.id)) continue;
      if (providers.length > 0 && !providers.includes(String(value.provider))) continue;
      uses.set(value.id, (uses.get(value.id) ?? 0) + 1);
    }
  }
  const [most] = [...uses].sort((one, other) => other[1] - one[1]);
  return most?.[0] ?? null;
}
