// What the server does not have yet, kept in this browser: a tab that dies takes nothing with it.

import type { Graph } from "@/lib/autogpt-server-api/types";
import { isRecord } from "@/lib/values";

export type Unsaved = {
  graph: Graph;
  /** The revision of the draft that it was made from. */
  revision: number;
  at: string;
};

const key = (graphId: string) => `blockyard.unsaved.${graphId}`;

export function keepUnsaved(graphId: string, graph: Graph, revision: number): void {
  try {
    localStorage.setItem(key(graphId), JSON.stringify({ graph, revision, at: new Date().toISOString() }));
  } catch {
    // The store of the browser is full or shut: the server gets it in a moment all the same.
  }
}

export function forgetUnsaved(graphId: string): void {
  localStorage.removeItem(key(graphId));
}

/** What was not saved when this graph was last left; null: nothing, or nothing that can be read. */
export function findUnsaved(graphId: string): Unsaved | null {
  const text = localStorage.getItem(key(graphId));
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (
      isRecord(value) &&
      isGraph(value.graph) &&
      typeof value.revision === "number" &&
      typeof value.at === "string"
    ) {
      return { graph: value.graph, revision: value.revision, at: value.at };
    }
  } catch {
    // Half written: there is nothing to be had from it.
  }
  forgetUnsaved(graphId);
  return null;
}

/** How many blocks and links one graph has that differ from the other's. */
export function difference(one: Graph, other: Graph): { blocks: number; links: number } {
  return { blocks: differing(one.nodes, other.nodes), links: differing(one.links, other.links) };
}

function differing(ones: readonly { id: string }[], others: readonly { id: string }[]): number {
  const texts = new Map(others.map((other) => [other.id, JSON.stringify(other)]));
  const changed = ones.filter((one) => texts.get(one.id) !== JSON.stringify(one)).length;
  const ids = new Set(ones.map((one) => one.id));
  return changed + others.filter((other) => !ids.has(other.id)).length;
}

function isGraph(value: unknown): value is Graph {
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    Array.isArray(value.nodes) &&
    Array.isArray(value.links)
  );
}
