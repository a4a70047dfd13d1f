// The builder for the parts of its page: commands are done with it.

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";

import type { Builder } from "@/features/builder/state/builder";
import { WorkbenchProvider } from "@/features/builder/state/context";
import type { UiState } from "@/features/builder/state/ui";

const BuilderContext = createContext<Builder | null>(null);

export function BuilderProvider({ value, children }: { value: Builder; children: ReactNode }) {
  return (
    <BuilderContext value={value}>
      <WorkbenchProvider value={value}>{children}</WorkbenchProvider>
    </BuilderContext>
  );
}

export function useBuilderParts(): Builder {
  const builder = useContext(BuilderContext);
  if (builder === null) throw new Error("useBuilderParts needs a BuilderProvider above it.");
  return builder;
}

export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useBuilderParts().ui, select);
}
