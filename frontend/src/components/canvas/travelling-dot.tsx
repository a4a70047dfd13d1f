// A value on its way: a small dot runs along the link each time one passes, one at a time.

import { useEffect, useRef } from "react";

const TRAVEL_MS = 600;

export function TravellingDot({ path, count }: { path: string; count: number }) {
  const dot = useRef<SVGCircleElement>(null);
  const seen = useRef(count);
  useEffect(() => {
    const isMore = count > seen.current;
    seen.current = count;
    if (isMore && dot.current) travel(dot.current);
  }, [count]);
  return <circle ref={dot} className="link__dot" r={4} style={{ offsetPath: `path("${path}")` }} />;
}

function travel(dot: SVGCircleElement): void {
  const isBusy = dot.getAnimations?.().length > 0;
  if (isBusy || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const stops = [
    { offsetDistance: "0%", opacity: 1 },
    { offsetDistance: "100%", opacity: 1 },
  ];
  dot.animate?.(stops, { duration: TRAVEL_MS, easing: "ease-in-out" });
}
