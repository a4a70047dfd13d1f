// What the server says is wrong with a block, where it belongs.

import type { Problem } from "@/lib/autogpt-server-api/types";
import { baseName } from "@/lib/graph/pins";

/** The words for the problems of some pins (null: of none) of a node; undefined: there are none. */
export function problemOf(
  problems: readonly Problem[],
  nodeId: string,
  isAbout: (pin: string | null) => boolean,
): string | undefined {
  const words = problems
    .filter((problem) => problem.node_id === nodeId && isAbout(problem.pin ? baseName(problem.pin) : null))
    .map(({ message, cure }) => [message, cure].filter(Boolean).join(" "));
  return words.length > 0 ? [...new Set(words)].join(" ") : undefined;
}
