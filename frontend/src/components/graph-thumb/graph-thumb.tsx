// The thumbnail of a graph: drawn of its own blocks and links, and only once it is scrolled into sight.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { type Drawing, draw, HEIGHT, type ThumbBlock, WIDTH } from "@/components/graph-thumb/drawing";
import { blocksQuery } from "@/lib/api/catalogue";
import type { Picture } from "@/lib/api/graphs";
import type { Query } from "@/lib/api/query";

/** What is still on its way, or cannot be had, is an empty canvas of the same size: nothing jumps. */
export function GraphThumb({ picture }: { picture: Query<Picture> & { staleTime?: number } }) {
  const { ref, isSeen } = useSeen();
  const graph = useQuery({ ...picture, enabled: isSeen });
  const catalogue = useQuery({ ...blocksQuery, enabled: isSeen, staleTime: Number.POSITIVE_INFINITY });
  const isReady = graph.data !== undefined && !catalogue.isPending;
  const drawing = useMemo(
    () => (isReady && graph.data ? draw(graph.data, catalogue.data) : null),
    [isReady, graph.data, catalogue.data],
  );
  return (
    <svg ref={ref} className="thumb" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
      {drawing && <Lines drawing={drawing} />}
    </svg>
  );
}

function Lines({ drawing: { blocks, links, pinRadius } }: { drawing: Drawing }) {
  return (
    <>
      {links.map((link) => (
        <path key={link.id} className="l" d={link.path} />
      ))}
      {blocks.map((block) => (
        <Block key={block.id} block={block} />
      ))}
      {links.map((link) => (
        <g key={link.id} className={`t-${link.kind}`}>
          <circle className="p" cx={link.from.x} cy={link.from.y} r={pinRadius} />
          <circle className="p" cx={link.to.x} cy={link.to.y} r={pinRadius} />
        </g>
      ))}
    </>
  );
}

function Block({ block: { x, y, width, height, kind, face } }: { block: ThumbBlock }) {
  const radius = kind === "trigger" ? height * 0.42 : Math.min(4, height / 5);
  const box = { x, width, height, rx: radius };
  const inner = { x: x + width * 0.11, width: width * 0.78 };
  return (
    <>
      <rect className="e" {...box} y={y + 1.5} />
      <rect className="b" {...box} y={y} />
      {face === 1 && (
        <rect className="t" {...inner} y={y + height * 0.36} height={height * 0.2} rx={height * 0.1} />
      )}
      {face === 2 && (
        <>
          <rect className="t" x={inner.x} y={y + height * 0.18} width={8} height={8} rx={2} />
          <rect
            className="t"
            x={inner.x + 12}
            y={y + height * 0.18 + 2}
            width={inner.width - 12}
            height={4}
            rx={2}
          />
          <rect
            className="t"
            x={inner.x}
            y={y + height * 0.68}
            width={inner.width * 0.55}
            height={3}
            rx={1.5}
            opacity={0.7}
          />
        </>
      )}
    </>
  );
}

/** Whether the picture was in sight, or near it. */
function useSeen() {
  const ref = useRef<SVGSVGElement>(null);
  const [isSeen, setIsSeen] = useState(() => !("IntersectionObserver" in globalThis));
  useEffect(() => {
    const picture = ref.current;
    if (isSeen || !picture) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setIsSeen(true);
      },
      { rootMargin: "200px" },
    );
    observer.observe(picture);
    return () => observer.disconnect();
  }, [isSeen]);
  return { ref, isSeen };
}
