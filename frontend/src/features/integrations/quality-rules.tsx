// The rules of the quality scale, folded until asked: which are kept, which are left out and why, what the next level lacks.

import {
  ChevronDown,
  ChevronRight,
  CircleCheck,
  CircleDashed,
  CircleMinus,
  type LucideIcon,
} from "lucide-react";
import { useId, useState } from "react";

import { byLevel, type LevelRules, levelWord, nextLevel, type Rule } from "@/components/integrations/quality";
import { Icon } from "@/components/ui/icon";
import type { Provider } from "@/lib/api/integrations";

export function QualityRules({ provider }: { provider: Provider }) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const levels = byLevel(provider.quality_rules);
  if (levels.length === 0) return null;
  return (
    <div>
      <button
        type="button"
        className="fold fold--button flex-wrap gap-y-0"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon of={isOpen ? ChevronDown : ChevronRight} size={14} />
        Rules of quality <span className="faint font-normal">{lackWords(provider.quality_rules)}</span>
      </button>
      {isOpen && (
        <div id={id} className="rules">
          {levels.map((one) => (
            <Level key={one.level} of={one} />
          ))}
        </div>
      )}
    </div>
  );
}

/** What the next level wants. */
function lackWords(rules: readonly Rule[]): string {
  const next = nextLevel(rules);
  return next ? `${next.open} to do for ${levelWord(next.level).toLowerCase()}` : "all kept";
}

function Level({ of: { level, rules, open } }: { of: LevelRules }) {
  return (
    <section aria-label={levelWord(level)}>
      <h3 className="row text-12">
        {levelWord(level)}
        <span className="faint push font-normal">{open > 0 ? `${open} to do` : "Kept"}</span>
      </h3>
      <ul>
        {rules.map((rule) => (
          <RuleLine key={rule.rule} rule={rule} />
        ))}
      </ul>
    </section>
  );
}

const STANDINGS: Record<Rule["standing"], { word: string; icon: LucideIcon; className: string }> = {
  done: { word: "Done", icon: CircleCheck, className: "text-ok" },
  todo: { word: "To do", icon: CircleDashed, className: "text-text-2" },
  exempt: { word: "Exempt", icon: CircleMinus, className: "text-text-3" },
};

function RuleLine({ rule: { what, standing, reason } }: { rule: Rule }) {
  const { word, icon, className } = STANDINGS[standing];
  return (
    <li className="rules__one">
      <Icon of={icon} size={14} className={`mt-0.5 ${className}`} />
      <span>
        <span className={standing === "todo" ? "font-medium" : ""}>{what}</span>{" "}
        <span className="faint wrap-anywhere">· {reason ? `${word}: ${reason}` : word}</span>
      </span>
    </li>
  );
}
