// A text with its lines. Markdown and HTML stay their source: what a run was given is not run here.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";

/** Longer texts are laid out piece by piece, as one scrolls. */
const WHOLE_TO = 20_000;
const PIECE = 2_000;

export function TextView({ text, label = "Text" }: { text: string; label?: string }) {
  if (text.length > WHOLE_TO) return <LongText text={text} label={label} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it
    <section className="code value__text" aria-label={label} tabIndex={0}>
      {text}
    </section>
  );
}

function LongText({ text, label }: { text: string; label: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: pieces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 900,
    overscan: 2,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it
    <section ref={scroller} className="code value__text value__text--long" aria-label={label} tabIndex={0}>
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className="absolute top-0 left-0 w-full"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {pieces[item.index]}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Pieces of some lines each; a line that is longer is cut. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const line = text.lastIndexOf("\n", from + PIECE);
    const to = from + PIECE >= text.length ? text.length : line > from ? line + 1 : from + PIECE;
    const piece = text.slice(from, to);
    pieces.push(piece.endsWith("\n") ? piece.slice(0, -1) : piece);
    from = to;
  }
  return pieces;
}
