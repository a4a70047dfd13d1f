// Searches that people make often, each an address.

import { FILTERS, type Search } from "@/lib/api/runs-filter";

export type Preset = "all" | "running" | "waiting" | "failed-today" | "dearest";

const SEARCHES: Record<Preset, Search> = {
  all: {},
  running: { status: "queued,running" },
  waiting: { status: "waiting" },
  "failed-today": { status: "completed_with_errors,failed", from: "today" },
  dearest: { order: "cost" },
};

export const PRESETS: readonly { value: Preset; label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "failed-today", label: "Failed today" },
  { value: "dearest", label: "Dearest" },
];

export function searchOf(preset: Preset): Search {
  return SEARCHES[preset];
}

/** Which of them the address is; null: none. */
export function presetOf(search: Search): Preset | null {
  const match = PRESETS.find(({ value }) => {
    const wanted = SEARCHES[value];
    return [...FILTERS, "order"].every((name) => (search[name] || undefined) === wanted[name]);
  });
  return match?.value ?? null;
}
