// An input that takes several types: the shape at its side says which one it is now, and changes it.

import { ChevronDown } from "lucide-react";
import { useState } from "react";

import { PinShape } from "@/components/canvas/pin-shape";
import { Control } from "@/components/inputs/control";
import type { ControlProps } from "@/components/inputs/control-props";
import { fits, inKind } from "@/components/inputs/variant-values";
import type { Variant } from "@/components/inputs/widget-for";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";

type VariantsProps = ControlProps & { variants: readonly Variant[] };

export function VariantsControl({ described, label, schema, value, onChange, variants }: VariantsProps) {
  const [chosen, setChosen] = useState<Variant | null>(null);
  const shown = value ?? schema.default ?? undefined;
  const isChosen = chosen !== null && (shown === undefined || fits(chosen, shown));
  const now = isChosen ? chosen : (variants.find((one) => fits(one, shown)) ?? variants[0]);
  if (!now) return null;
  const choose = (next: Variant) => {
    setChosen(next);
    if (value !== undefined) onChange(inKind(next, value));
  };
  const { $defs, default: usual, placeholder, examples } = schema;
  const ofAll = { $defs, default: usual, placeholder, examples };
  return (
    <div className="variants">
      <Menu
        align="start"
        items={variants.map((variant) => ({ label: variant.word, onSelect: () => choose(variant) }))}
      >
        <button
          type="button"
          className="variants__kind"
          title={now.word}
          aria-label={`Kind of ${label}: ${now.word}`}
        >
          <PinShape kind={now.pinKind} isOpen />
          <Icon of={ChevronDown} size={12} />
        </button>
      </Menu>
      <div className="min-w-0 flex-1">
        <Control
          described={described}
          label={label}
          schema={{ ...defined(ofAll), ...now.schema }}
          value={value}
          onChange={onChange}
        />
      </div>
    </div>
  );
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
