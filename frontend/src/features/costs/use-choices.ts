// What the address says about costs: the tab, whose, of which graph, since when, by what.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import type { CostGroup, Selection } from "@/lib/api/costs";
import { periodOf } from "@/lib/api/costs-period";
import type { Search } from "@/lib/api/runs-filter";

type CostTab = "costs" | "budgets";

export const GROUPS: readonly { value: CostGroup; label: string }[] = [
  { value: "day", label: "Day" },
  { value: "graph", label: "Graph" },
  { value: "provider", label: "Provider" },
  { value: "model", label: "Model" },
  { value: "block", label: "Block" },
  { value: "user", label: "Person" },
];

export type Choices = {
  search: Search;
  tab: CostTab;
  by: CostGroup;
  selection: Selection;
  set: (change: Search) => void;
};

/** `isOwner`: may see what others spend. Who may not is shown their own, whatever the address says. */
export function useChoices(isOwner: boolean): Choices {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback(
    (change: Search) =>
      void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  return { search, set, ...choicesOf(search, isOwner, Date.now()) };
}

export function choicesOf(search: Search, isOwner: boolean, nowMs: number): Omit<Choices, "search" | "set"> {
  const by = GROUPS.find((group) => group.value === search.by)?.value ?? "day";
  return {
    tab: search.tab === "budgets" ? "budgets" : "costs",
    by: by === "user" && !isOwner ? "day" : by,
    selection: {
      period: periodOf(search, nowMs),
      graph: search.graph || undefined,
      whose: (isOwner && search.user) || "own",
    },
  };
}
