// How all connections stand, in four figures beside the title.

import { Icon } from "@/components/ui/icon";
import { STATE_ICONS, type StateName } from "@/components/ui/state";
import type { Tally } from "@/features/integrations/overview";

const PARTS: readonly [keyof Tally, StateName, string][] = [
  ["works", "ok", "work"],
  ["endsSoon", "waiting", "run out soon"],
  ["broken", "failed", "to reconnect"],
  ["untested", "idle", "not tested"],
];

export function TallyLine({ tally }: { tally: Tally }) {
  return (
    <ul className="row ml-4 hidden gap-5 lg:flex">
      {PARTS.filter(([key]) => tally[key] > 0).map(([key, state, word]) => (
        <li key={key} className={`row gap-1.5 s-${state}`}>
          <span className={`state s-${state}`}>
            <Icon of={STATE_ICONS[state]} size={14} />
          </span>
          <b className="num font-semibold">{tally[key]}</b>
          <span className="dim">{word}</span>
        </li>
      ))}
    </ul>
  );
}
