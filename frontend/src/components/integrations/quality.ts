// The levels of quality, in the order in which they are reached, and where a provider stands with their rules.

import type { Provider } from "@/lib/api/integrations";

export type Level = Provider["quality"];
export type Rule = Provider["quality_rules"][number];

export const LEVELS: readonly Level[] = ["bronze", "silver", "gold", "platinum"];

const WORDS: Record<Level, string> = {
  none: "No level yet",
  bronze: "Bronze",
  silver: "Silver",
  gold: "Gold",
  platinum: "Platinum",
};

export function levelWord(level: Level): string {
  return WORDS[level];
}

export type LevelRules = { level: Level; rules: Rule[]; open: number };

/** The rules by level, from the first on, with how many of each are to do. */
export function byLevel(rules: readonly Rule[]): LevelRules[] {
  return LEVELS.map((level) => {
    const own = rules.filter((rule) => rule.level === level);
    return { level, rules: own, open: own.filter((rule) => rule.standing === "todo").length };
  }).filter(({ rules: own }) => own.length > 0);
}

/** What stands between a provider and its next level; nothing where it has the last. */
export function nextLevel(rules: readonly Rule[]): LevelRules | undefined {
  return byLevel(rules).find(({ open }) => open > 0);
}
