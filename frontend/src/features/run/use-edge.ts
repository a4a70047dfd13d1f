// An edge that one moves: by the pointer, or by arrow keys when it has the focus. Its place is remembered here.

import { type KeyboardEvent, type PointerEvent, useCallback, useRef, useState } from "react";

type Edge = { name: string; start: number; least: number; most: number };

const STEP = 24;

/** The upper edge of something that stands at the bottom; heights in px. */
export function useEdge({ name, start, least, most }: Edge) {
  const key = `blockyard.edge.${name}`;
  const [height, setHeight] = useState(() => within(Number(localStorage.getItem(key)) || start, least, most));
  const grip = useRef<{ y: number; height: number } | null>(null);

  const set = useCallback(
    (wanted: number) => {
      const next = within(wanted, least, Math.min(most, window.innerHeight - 200));
      setHeight(next);
      localStorage.setItem(key, String(next));
    },
    [key, least, most],
  );

  const handle = {
    role: "separator",
    tabIndex: 0,
    "aria-orientation": "horizontal" as const,
    "aria-valuenow": height,
    "aria-valuemin": least,
    "aria-valuemax": most,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      grip.current = { y: event.clientY, height };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (grip.current) set(grip.current.height + grip.current.y - event.clientY);
    },
    onPointerUp: () => {
      grip.current = null;
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const by = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
      if (by === 0) return;
      event.preventDefault();
      set(height + by);
    },
  };
  return { height, handle };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
