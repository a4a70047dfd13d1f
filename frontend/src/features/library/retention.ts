// How long the ended runs of a graph are kept: as the server says it, and as a person chooses it.

export type Keeping = "usual" | "ever" | "days";

const MOST_DAYS = 36_500;

/** `days` as the server has it: 0 for ever, null as the installation says. */
export function keepFor(days: number | null): Keeping {
  if (days === null) return "usual";
  return days === 0 ? "ever" : "days";
}

/** A whole number of days; null: it is none that can be kept. */
export function typedDays(text: string): number | null {
  const days = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return days >= 1 && days <= MOST_DAYS ? days : null;
}
