// A value or a part of one in a row: a press uses it, the arrow opens what is in it.

import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";

import { PinShape } from "@/components/canvas/pin-shape";
import { Icon } from "@/components/ui/icon";
import type { EarlierPlace } from "@/lib/graph/insert";
import type { PinKind } from "@/lib/graph/pins";
import { inOneLine, isLong, isRecord, unwrapped } from "@/lib/values";

const MOST_PARTS = 40;
const DEEPEST = 8;

type ValueRowProps = {
  name: string;
  value: unknown;
  place: EarlierPlace;
  onInsert: (place: EarlierPlace) => void;
  depth?: number;
};

export function ValueRow({ name, value, place, onInsert, depth = 0 }: ValueRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const own = isLong(value) ? value : unwrapped(value);
  const parts = depth < DEEPEST ? partsOf(own) : [];
  return (
    <li>
      <div className="valuerow" style={{ paddingLeft: depth * 14 }}>
        {parts.length > 0 ? (
          <button
            type="button"
            className="valuerow__fold"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Close" : "Open"} ${name}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon of={isOpen ? ChevronDown : ChevronRight} size={12} />
          </button>
        ) : (
          <span className="valuerow__fold" />
        )}
        <button type="button" className="valuerow__use" onClick={() => onInsert(place)}>
          <PinShape kind={kindOf(own)} isOpen />
          <span className="valuerow__name truncate">{name}</span>
          <span className="mono truncate faint">{inOneLine(own, 60)}</span>
        </button>
      </div>
      {isOpen && (
        <ul>
          {parts.slice(0, MOST_PARTS).map(([step, part]) => (
            <ValueRow
              key={step}
              name={typeof step === "number" ? `item ${step}` : step}
              value={part}
              place={{ ...place, path: [...place.path, step] }}
              onInsert={onInsert}
              depth={depth + 1}
            />
          ))}
          {parts.length > MOST_PARTS && (
            <li className="valuespanel__note">and {parts.length - MOST_PARTS} more</li>
          )}
        </ul>
      )}
    </li>
  );
}

function partsOf(value: unknown): [string | number, unknown][] {
  if (isLong(value)) return []; // only its beginning is here
  if (Array.isArray(value)) return value.map((part: unknown, at) => [at, part]);
  return isRecord(value) ? Object.entries(value) : [];
}

function kindOf(value: unknown): PinKind {
  const inner = isLong(value) ? value.$preview : value;
  if (typeof inner === "string") return inner.startsWith("file:") ? "file" : "text";
  if (typeof inner === "number") return "number";
  if (typeof inner === "boolean") return "bool";
  if (Array.isArray(inner)) return "list";
  return isRecord(inner) ? "object" : "any";
}
