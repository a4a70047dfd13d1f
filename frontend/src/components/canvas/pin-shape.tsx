// The shape of a pin names its type, as its colour does; filled: linked, open: free.

import type { ReactElement } from "react";

import type { PinKind } from "@/lib/graph/pins";

export const KIND_WORDS: Record<PinKind, string> = {
  text: "Text",
  number: "Number",
  bool: "Yes or no",
  object: "Object",
  list: "List",
  file: "File",
  any: "Anything",
  error: "Error",
};

/** Twelve by twelve. */
export const PIN_SHAPES: Record<PinKind, ReactElement> = {
  text: <circle cx="6" cy="6" r="4.6" />,
  number: <rect x="1.7" y="1.7" width="8.6" height="8.6" rx="1.2" />,
  bool: <path d="M6 .6 11.4 6 6 11.4.6 6z" />,
  object: <path d="M6 .8 10.7 3.4v5.2L6 11.2 1.3 8.6V3.4z" />,
  list: <path d="M1.4 1.6h9.2v3.8H1.4zM1.4 6.6h9.2v3.8H1.4z" />,
  file: <path d="M2 1h5.2L10 3.8V11H2z" />,
  any: <path d="M4.1 1h3.8v3.1H11v3.8H7.9V11H4.1V7.9H1V4.1h3.1z" />,
  error: <path d="M6 1.2 11.2 10.6H.8z" />,
};

/** A pin beside a word, in a panel. */
export function PinShape({ kind, isOpen }: { kind: PinKind; isOpen: boolean }) {
  return (
    <svg className={`pin t-${kind} ${isOpen ? "pin--open" : ""}`} viewBox="0 0 12 12" aria-hidden="true">
      {PIN_SHAPES[kind]}
    </svg>
  );
}
