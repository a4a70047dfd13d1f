// What the list is narrowed down to, each to be taken away by a press.

import { X } from "lucide-react";

import { Button, IconButton } from "@/components/ui/button";
import { runState, STATE_WORDS } from "@/components/ui/state";
import type { Filters } from "@/features/runs/use-filters";
import { type FilterName, isByCost, microsOf, type Search, statusesOf } from "@/lib/api/runs-filter";
import { day, moment, money } from "@/lib/format";

type Chip = { name: FilterName | "order"; says: string };

export function FilterChips({ filters }: { filters: Filters }) {
  const chips = chipsOf(filters.search);
  if (chips.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-wrap items-center gap-2" aria-label="Filters that are on">
      {chips.map(({ name, says }) => (
        <li key={name} className="chip">
          <span className="truncate">{says}</span>
          <IconButton
            icon={X}
            size="small"
            label={`Take away: ${says}`}
            onClick={() => filters.set({ [name]: undefined })}
          />
        </li>
      ))}
      <li>
        <Button size="small" variant="quiet" onClick={() => filters.replace({})}>
          Clear filters
        </Button>
      </li>
    </ul>
  );
}

/** Text and graph stand in the bar anyway. */
export function chipsOf(search: Search): Chip[] {
  const min = microsOf(search.min_cost);
  const max = microsOf(search.max_cost);
  const states = statusesOf(search.status).map((status) => STATE_WORDS[runState(status)].toLowerCase());
  const chips: (Chip | null)[] = [
    states.length > 0 ? { name: "status", says: joined(states) } : null,
    search.from ? { name: "from", says: `from ${when(search.from)}` } : null,
    search.to
      ? {
          name: "to",
          says: search.to.includes("T") ? `before ${when(search.to)}` : `until ${when(search.to)}`,
        }
      : null,
    min !== null ? { name: "min_cost", says: `at least ${money(min)}` } : null,
    max !== null ? { name: "max_cost", says: `at most ${money(max)}` } : null,
    search.label ? { name: "label", says: `label ${search.label}` } : null,
    search.parent ? { name: "parent", says: `started by run ${shortId(search.parent)}` } : null,
    search.retry_of ? { name: "retry_of", says: `retry of run ${shortId(search.retry_of)}` } : null,
    isByCost(search) ? { name: "order", says: "dearest first" } : null,
  ];
  return chips.filter((chip) => chip !== null);
}

/** The end of an id: its beginning is the time and the same for neighbours. */
function shortId(id: string): string {
  return id.slice(-8);
}

function when(text: string): string {
  if (text === "today" || Number.isNaN(Date.parse(text))) return text;
  return text.includes("T") ? moment(text) : day(`${text}T00:00`);
}

function joined(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
