// How wide the panel is: kept in this browser, changed by hand and by key.

import { useState } from "react";

const KEY = "blockyard.panel-width";
export const NARROWEST = 288;
export const USUAL = 336;
export const WIDEST = 640;

export function usePanelWidth(): { width: number; setWidth: (width: number) => void } {
  const [width, set] = useState(read);
  const setWidth = (next: number) => {
    const fitted = Math.round(Math.min(Math.max(next, NARROWEST), WIDEST));
    set(fitted);
    localStorage.setItem(KEY, String(fitted));
  };
  return { width, setWidth };
}

function read(): number {
  const kept = Number(localStorage.getItem(KEY));
  return kept >= NARROWEST && kept <= WIDEST ? kept : USUAL;
}
