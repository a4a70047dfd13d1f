// Whether the last answer of the server came at all.

import { useSyncExternalStore } from "react";

import { hearReachable, isReachable } from "@/lib/api/client";

export function useReachable(): boolean {
  return useSyncExternalStore(hearReachable, isReachable);
}
