// Light, dark, or as the system says; remembered in this browser (public/theme.js reads it before the first paint).

import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const KEY = "blockyard.theme";
const listeners = new Set<() => void>();

export function useTheme(): { theme: Theme; choose: (theme: Theme) => void } {
  const theme = useSyncExternalStore(hear, read);
  return { theme, choose };
}

function read(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function choose(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
  for (const listener of listeners) listener();
}

function hear(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
