// The filters as the address has them, and how to change it.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { NO_FILTERS, type Search } from "@/lib/api/runs-filter";

export type Filters = {
  search: Search;
  /** Others stay as they are; undefined takes one away. */
  set: (change: Search) => void;
  /** These and no others. */
  replace: (search: Search) => void;
};

export function useFilters(): Filters {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback(
    (change: Search) =>
      void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const replace = useCallback((wanted: Search) => set({ ...NO_FILTERS, ...wanted }), [set]);
  return { search, set, replace };
}
