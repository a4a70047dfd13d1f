// Which connections a graph needs, each with the blocks that take it.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { nodeName } from "@/lib/graph/model";
import { isRecord } from "@/lib/values";

export type Need = {
  key: string;
  providers: readonly string[];
  kinds: readonly string[];
  scopes: readonly string[];
  /** The connection that all its places have; null: one of them has none, or they differ. */
  chosenId: string | null;
  places: readonly { nodeId: string; pin: string; name: string; chosenId: string | null }[];
};

/** What is required, in the order of the blocks; blocks that take the same are together. */
export function credentialNeeds(graph: Graph, catalogue: Catalogue): Need[] {
  const needs = new Map<
    string,
    Omit<Need, "chosenId" | "places" | "scopes"> & { scopes: Set<string>; places: Need["places"][number][] }
  >();
  for (const node of graph.nodes) {
    const block = catalogue.get(node.block_id);
    if (!block || node.disabled) continue;
    for (const field of block.credentials) {
      if (!field.is_required) continue;
      const key = `${[...field.providers].sort()} ${[...field.kinds].sort()}`;
      const need = needs.get(key) ?? {
        key,
        providers: field.providers,
        kinds: field.kinds,
        scopes: new Set(),
        places: [],
      };
      for (const scope of field.scopes) need.scopes.add(scope);
      const chosen = node.input_default?.[field.name];
      const chosenId =
        isRecord(chosen) && typeof chosen.id === "string" && chosen.id !== "" ? chosen.id : null;
      need.places.push({ nodeId: node.id, pin: field.name, name: nodeName(node, block), chosenId });
      needs.set(key, need);
    }
  }
  return [...needs.values()].map((need) => ({
    ...need,
    scopes: [...need.scopes],
    chosenId: common(need.places),
  }));
}

function common(places: Need["places"]): string | null {
  const [first] = places;
  return first && places.every((place) => place.chosenId === first.chosenId) ? first.chosenId : null;
}

/** How many blocks lack the connection that they need. */
export function lacking(needs: readonly Need[]): number {
  return needs.reduce((sum, need) => sum + need.places.filter((place) => place.chosenId === null).length, 0);
}
